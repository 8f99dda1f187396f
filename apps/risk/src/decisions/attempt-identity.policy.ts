import type { AttemptIdentity } from '@tollgate/contracts';

const IDENTITY_FIELDS = [
  'merchantId',
  'clientSessionId',
  'instrument',
  'orderId',
  'amountMinor',
  'currency',
] as const satisfies ReadonlyArray<keyof AttemptIdentity>;

/** The fields in which two announcements of one attempt differ; none when they mean the same attempt. */
export function differingFields(known: AttemptIdentity, announced: AttemptIdentity): string[] {
  return IDENTITY_FIELDS.filter((field) => known[field] !== announced[field]);
}
