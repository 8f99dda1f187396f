import { randomUUID } from 'node:crypto';

export const AMOUNT_MINOR = 4200;
export const CURRENCY = 'EUR';

/** What the shop's server posts about one attempt: the SDK's event detail and the shop's own word on the order. */
export interface Checkout {
  readonly paymentAttemptId: string;
  readonly body: string;
}

/** What can be told of an attempt by its id alone, so that driver and provider agree without talking. */
export function detailsOf(paymentAttemptId: string): { orderId: string; customerId: string; analyticsId: string } {
  return {
    orderId: `order-${paymentAttemptId}`,
    customerId: `customer-${paymentAttemptId}`,
    analyticsId: `instrument-${paymentAttemptId}`,
  };
}

/** A checkout of a new customer with a new card. */
export function makeCheckout(): Checkout {
  const paymentAttemptId = randomUUID();
  const { orderId, customerId, analyticsId } = detailsOf(paymentAttemptId);
  const body = JSON.stringify({
    clientSessionId: `session-${paymentAttemptId}`,
    paymentAttemptId,
    timestamp: Math.floor(Date.now() / 1000),
    paymentMethodToken: {
      token: `token-${paymentAttemptId}`,
      analyticsId,
      tokenType: 'SINGLE_USE',
      paymentInstrumentType: 'PAYMENT_CARD',
      paymentInstrumentData: { last4Digits: '1111', network: 'Visa', cardholderName: 'Ada Lovelace' },
      vaultData: null,
      threeDSecureAuthentication: null,
    },
    order: { orderId, amount: AMOUNT_MINOR, currencyCode: CURRENCY, customerId },
  });
  return { paymentAttemptId, body };
}
