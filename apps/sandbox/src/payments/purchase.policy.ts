import { sessionAmount } from '../sessions/client-session.policy.ts';
import type { ClientSessionDetails } from '../sessions/client-session.types.ts';

/**
 * What a payment is for: "All fields provided on this request will take preference over any field on the order
 * associated with the client session", and inside of `order`, `customer` and `paymentMethod` field by field.
 */
export function mergePurchase(session: ClientSessionDetails, request: ClientSessionDetails): ClientSessionDetails {
  const merged = { ...session, ...request };
  return {
    ...merged,
    order: mergeFields(session.order, request.order),
    customer: mergeFields(session.customer, request.customer),
    paymentMethod: mergeFields(session.paymentMethod, request.paymentMethod),
  };
}

/** What is still missing before a payment can be made of it, as Primer names it. */
export function missingFields(details: ClientSessionDetails): string[] {
  const present = { ...details, amount: sessionAmount(details) };
  return (['amount', 'currencyCode', 'orderId'] as const).filter((field) => present[field] === undefined);
}

function mergeFields<Fields extends object>(first: Fields | undefined, second: Fields | undefined): Fields | undefined {
  return first && second ? { ...first, ...second } : (second ?? first);
}
