import type { Finding, PaymentSeeker, Wanted } from '../actions/find-payment.policy.ts';
import type { Command, CommandKey, PaymentSight } from './command.types.ts';

/** The command as the one that looks for the payment it may have created. */
export function toSeeker({ merchantId, commandId }: CommandKey): PaymentSeeker {
  return { merchantId, attemptId: null, commandId };
}

/** What a create may have made: exactly what it said, after its first call. Undefined while nothing can have arrived. */
export function toWanted({ request, firstCalledAt }: Command): Wanted | undefined {
  if (request.kind !== 'create' || firstCalledAt === null) {
    return undefined;
  }
  const { orderId, amountMinor, currency } = request;
  const order = { orderId, amountMinor, currency };
  return { order, analyticsId: null, createdAfter: firstCalledAt, mayDiffer: false };
}

/** What looking for a created payment came to, in the words of the plans. */
export function toSight(finding: Finding): PaymentSight {
  switch (finding.kind) {
    case 'none':
      return { kind: 'missing' };
    case 'differing': // A create says its amount and currency: only the time of a payment can leave a doubt.
      return { kind: 'ambiguous' };
    case 'unreadable':
      return { kind: 'unreadable' };
    default:
      return finding;
  }
}
