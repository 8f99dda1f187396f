import type { Purchase, VaultWish } from '../payments/payment.types.ts';
import type { ClientSessionUpdate } from './client-session.schema.ts';
import type { ClientSession, ClientSessionDetails } from './client-session.types.ts';

/**
 * What a session's checkout costs: `amount` when the merchant gave one, else the sum of line items, fees and shipping
 * (a line is amount × quantity − discount + tax), else nothing.
 */
export function sessionAmount(details: ClientSessionDetails): number | undefined {
  if (details.amount !== undefined) return details.amount;
  const { lineItems, fees, shipping } = details.order ?? {};
  if (!lineItems) return undefined;
  const items = lineItems.reduce(
    (sum, item) => sum + item.amount * item.quantity - (item.discountAmount ?? 0) + (item.taxAmount ?? 0),
    0,
  );
  const feeAmount = (fees ?? []).reduce((sum, fee) => sum + fee.amount, 0);
  const total = items + feeAmount + (shipping?.amount ?? 0);
  return Number.isSafeInteger(total) && total >= 0 ? total : undefined;
}

/** What a payment of this session would buy, or nothing while the session does not yet say it all. */
export function sessionPurchase(details: ClientSessionDetails): Purchase | undefined {
  const amount = sessionAmount(details);
  if (amount === undefined || details.orderId === undefined || details.currencyCode === undefined) return undefined;
  return {
    orderId: details.orderId,
    currencyCode: details.currencyCode,
    amount,
    order: details.order,
    customerId: details.customerId,
    customer: details.customer,
    metadata: details.metadata,
    descriptor: details.paymentMethod?.descriptor,
    paymentType: details.paymentMethod?.paymentType,
    authorizationType: details.paymentMethod?.authorizationType,
    vault: vaultWish(details.paymentMethod),
  };
}

/** When the card is to be kept; nothing when it is not, which is most of the time. */
function vaultWish(paymentMethod: ClientSessionDetails['paymentMethod']): VaultWish | undefined {
  const { vaultOnSuccess = false, vaultOn3DS = false, vaultOnAgreement = false } = paymentMethod ?? {};
  if (!vaultOnSuccess && !vaultOn3DS && !vaultOnAgreement) return undefined;
  return { onSuccess: vaultOnSuccess, on3DS: vaultOn3DS, onAgreement: vaultOnAgreement };
}

/**
 * What a session says after an update: fields that were sent take the place of the old ones, inside of `order` and
 * `customer` field by field, and `null` clears. `paymentMethod` and `metadata` are "overwritten", but for the payment
 * method's options, which no update can change. The outcome is still to be checked against the schema.
 */
export function mergeDetails(details: ClientSessionDetails, changes: Omit<ClientSessionUpdate, 'clientToken'>): object {
  const options = details.paymentMethod?.options;
  return withoutNulls({
    ...details,
    ...changes,
    order: mergeFields(details.order, changes.order),
    customer: mergeFields(details.customer, changes.customer),
    paymentMethod:
      changes.paymentMethod === undefined ? details.paymentMethod : mergeFields({ options }, changes.paymentMethod),
  });
}

/** `undefined` leaves everything as it was, `null` clears it. */
function mergeFields(fields: object | undefined, changes: object | null | undefined): object | null | undefined {
  if (changes === undefined || changes === null) return changes === undefined ? fields : null;
  return withoutNulls({ ...fields, ...changes });
}

function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** A session as Primer shows it: what the merchant said, the amount worked out, empty fields left out. */
export function toSessionAnswer(session: ClientSession): object {
  return {
    ...session.details,
    amount: sessionAmount(session.details),
    approvalMode: session.approvalMode,
    currentAttemptId: session.currentAttemptId,
  };
}
