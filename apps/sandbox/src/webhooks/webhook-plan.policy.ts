import type { WebhookFault } from '../faults/fault.schema.ts';
import type { WebhookManner } from './webhook-manner.types.ts';

/** How one copy of a webhook is queued. */
export interface PlannedWebhook {
  readonly delayMs: number;
  /** Never sent at all. */
  readonly isDropped: boolean;
  /** Held back until the payment's next webhook was delivered, `delayMs` at the longest. */
  readonly isHeld: boolean;
  readonly manner: WebhookManner | undefined;
}

/**
 * What faults make of a webhook: its copies, each with its delay. A dropped one has no copies; everything else adds up.
 *
 * @param delayMs,duplicates what was asked for without any fault
 */
export function planWebhook(
  { delayMs, duplicates }: { readonly delayMs: number; readonly duplicates: number },
  faults: readonly WebhookFault[],
): readonly PlannedWebhook[] {
  const manner = toManner(faults);
  let firstDelayMs = delayMs;
  let isHeld = false;
  const copyDelaysMs = Array.from({ length: duplicates }, () => delayMs);
  for (const fault of faults) {
    if (fault.kind === 'WEBHOOK_DROP') return [{ delayMs: 0, isDropped: true, isHeld: false, manner: undefined }];
    if (fault.kind === 'WEBHOOK_DELAY') firstDelayMs += fault.delayMs;
    if (fault.kind === 'WEBHOOK_REORDER') {
      firstDelayMs += fault.holdMs;
      isHeld = true;
    }
    if (fault.kind === 'WEBHOOK_DUPLICATE') {
      for (let copy = 0; copy < fault.copies; copy += 1) copyDelaysMs.push(delayMs + fault.delayMs);
    }
  }
  return [
    { delayMs: firstDelayMs, isDropped: false, isHeld, manner },
    ...copyDelaysMs.map((copyDelayMs) => ({ delayMs: copyDelayMs, isDropped: false, isHeld: false, manner })),
  ];
}

function toManner(faults: readonly WebhookFault[]): WebhookManner | undefined {
  const manner = { badSignatureTries: 0, staleTries: 0, staleSeconds: 0, repeatsBytes: false };
  for (const fault of faults) {
    if (fault.kind === 'WEBHOOK_BAD_SIGNATURE') manner.badSignatureTries = fault.tries;
    if (fault.kind === 'WEBHOOK_RETRY_UNCHANGED') manner.repeatsBytes = true;
    if (fault.kind === 'WEBHOOK_STALE_SIGNED_AT') {
      manner.staleTries = fault.tries;
      manner.staleSeconds = fault.ageSeconds;
    }
  }
  const isPlain = manner.badSignatureTries === 0 && manner.staleTries === 0 && !manner.repeatsBytes;
  return isPlain ? undefined : manner;
}
