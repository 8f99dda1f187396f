import type { AttemptIdentity } from '@tollgate/contracts';
import type { Attempt } from './attempt.types.ts';

/** Where the caller finds a part of the identity in its request. */
const REQUEST_PATHS = {
  clientSessionId: 'clientSessionId',
  instrument: 'paymentMethodToken',
  orderId: 'order.orderId',
  amountMinor: 'order.amount',
  currency: 'order.currencyCode',
} as const;

/** A part of an attempt's identity, beside the merchant and the attempt's id, under which it is stored. */
export type IdentityField = keyof typeof REQUEST_PATHS;

/** Parts in which two announcements of one attempt id differ; none: it is the same attempt. */
export function findConflicts(
  known: Pick<Attempt, Exclude<IdentityField, 'instrument'>> & { readonly instrument?: string },
  announced: AttemptIdentity,
): readonly IdentityField[] {
  return (Object.keys(REQUEST_PATHS) as IdentityField[]).filter((field) => {
    // An attempt that only later events have told of has no instrument yet: nothing to differ from.
    const value = known[field];
    return value !== undefined && value !== announced[field];
  });
}

/** The conflict as a caller reads it: which fields differ, never the stored values. */
export function toFieldErrors(fields: readonly IdentityField[]): ReadonlyArray<{ path: string; message: string }> {
  return fields.map((field) => ({
    path: REQUEST_PATHS[field],
    message: 'differs from what this attempt was first received with',
  }));
}
