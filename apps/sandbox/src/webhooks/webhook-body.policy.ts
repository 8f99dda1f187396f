import { toPrimerDate, toUnixSeconds } from '../clock/date.policy.ts';
import type { Webhook } from './webhook.types.ts';

/** Who sends a webhook, as its body says. */
export interface WebhookSender {
  readonly notificationConfigId: string;
  readonly primerAccountId: string;
}

const VERSION = '2.4';

/**
 * The body of one delivery. `date` and `signedAt` are those of the try, so a late retry is not refused as stale; what it
 * is about stays as it was. The documents show the disputes' bodies flat, with neither of the two.
 */
export function writeWebhookBody(
  webhook: Pick<Webhook, 'eventType' | 'subject'>,
  sender: WebhookSender,
  moment: { readonly nowMicros: number; readonly signedAtMicros: number },
): string {
  const { eventType, subject } = webhook;
  if (eventType === 'DISPUTE.OPENED' || eventType === 'DISPUTE.STATUS') {
    return join({ eventType, version: VERSION, primerAccountId: sender.primerAccountId }, subject);
  }
  const head = {
    eventType,
    date: toPrimerDate(moment.nowMicros),
    notificationConfig: { id: sender.notificationConfigId, description: 'Sandbox webhook' },
    version: VERSION,
    signedAt: String(toUnixSeconds(moment.signedAtMicros)),
  };
  const hasPaymentObject = eventType === 'PAYMENT.STATUS' || eventType === 'PAYMENT.REFUND';
  return join(head, hasPaymentObject ? `{"payment":${subject}}` : subject);
}

/** Puts two JSON objects together as text: the subject is stored as text and need not be read again. */
function join(head: object, subject: string): string {
  return `${JSON.stringify(head).slice(0, -1)},${subject.slice(1)}`;
}
