import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { parseJsonLossless } from '@tollgate/platform';
import fc from 'fast-check';
import { toPaymentDetails } from './payment-details.ts';
import { toPaymentSnapshot } from './payment-snapshot.ts';

/** The older shape as its documents show it. */
const OLDER = {
  id: 'slklmjh4',
  date: '2021-01-26T14:24:15.540899',
  status: 'DECLINED',
  orderId: 'order-1',
  currencyCode: 'GBP',
  amount: 800,
  amountAuthorized: 1000,
  amountCaptured: 800,
  amountRefunded: 300,
  paymentInstrument: {
    token: 'one-time-token',
    analyticsId: '0gUl6gf1VgmsJQSM4wXShzNX',
    tokenType: 'SINGLE_USE',
    paymentInstrumentType: 'PAYMENT_CARD',
    paymentInstrumentData: { last4Digits: '1111', expirationMonth: '03', expirationYear: '2030', network: 'Visa' },
    threeDSecureAuthentication: null,
  },
  vaultedPaymentInstrument: { token: 'vaulted-token' },
  lastPaymentError: {
    date: '2021-01-26T14:27:15.540899',
    type: 'ISSUER_DECLINE',
    declineCode: 'DO_NOT_HONOR',
    declineType: 'SOFT',
    processorMessage: 'Transaction cannot be honored.',
  },
  options: { recurring: { transactionType: 'SUBSCRIPTION' } },
  customer: { id: 'customer-123' },
  transactions: [{ id: 't', type: 'SALE', status: 'DECLINED', processor: 'STRIPE' }],
};

/** The same payment as API v2.4 would say it. */
const CURRENT = {
  id: 'slklmjh4',
  date: '2021-01-26T14:24:15.540899',
  status: 'DECLINED',
  orderId: 'order-1',
  currencyCode: 'GBP',
  amount: 800,
  customerId: 'customer-123',
  paymentMethod: {
    paymentMethodToken: 'vaulted-token',
    isVaulted: true,
    analyticsId: '0gUl6gf1VgmsJQSM4wXShzNX',
    paymentMethodType: 'PAYMENT_CARD',
    paymentType: 'SUBSCRIPTION',
    paymentMethodData: { last4Digits: '1111', expirationMonth: '03', expirationYear: '2030', network: 'Visa' },
  },
  processor: { amountCaptured: 800, amountRefunded: 300 },
  statusReason: {
    type: 'ISSUER_DECLINED',
    declineType: 'SOFT_DECLINE',
    code: 'DO_NOT_HONOR',
    message: 'Transaction cannot be honored.',
  },
  transactions: [
    { processorTransactionId: 't', transactionType: 'SALE', processorStatus: 'DECLINED', processorName: 'STRIPE' },
  ],
};

describe('toPaymentDetails', () => {
  it('reads the older shape as what API v2.4 would have said', () => {
    expect(toPaymentDetails(OLDER)).toEqual({ ...toPaymentDetails(CURRENT), customer: {} });
    expect(toPaymentDetails(CURRENT)).toMatchObject({
      amount: 800n,
      date: '2021-01-26T14:24:15.540899Z',
      paymentMethod: { isVaulted: true, paymentType: 'SUBSCRIPTION', card: { last4Digits: '1111' } },
      processor: { amountCaptured: 800n, amountRefunded: 300n },
      statusReason: { type: 'ISSUER_DECLINED', declineType: 'SOFT_DECLINE', code: 'DO_NOT_HONOR' },
    });
  });

  it('takes what both shapes say from the newer one', () => {
    const both = { ...OLDER, processor: { name: 'ADYEN', amountCaptured: 7, amountRefunded: null } };
    expect(toPaymentDetails(both).processor).toEqual({ name: 'ADYEN', amountCaptured: 7n, amountRefunded: 300n });
    expect(toPaymentSnapshot(both)).toMatchObject({ amountCapturedMinor: '7', amountRefundedMinor: '300' });
  });

  it('survives what the documents contradict each other about', () => {
    const contradictory = {
      ...CURRENT,
      customer: { email: 'one@example.com' },
      paymentMethod: { ...CURRENT.paymentMethod, isVaulted: 'false' },
      statusReason: { type: 'ISSUER_DECLINE', declineType: 'HARD' },
      transactions: [{ type: 'SALE', events: [{ type: 'CAPTURE_SUCCEEDED', amount: '5', final: 'true' }] }],
    };
    expect(toPaymentDetails(contradictory)).toMatchObject({
      customer: { emailAddress: 'one@example.com' },
      paymentMethod: { isVaulted: false },
      statusReason: { type: 'ISSUER_DECLINED', declineType: 'HARD_DECLINE' },
      transactions: [{ transactionType: 'SALE', events: [{ type: 'CAPTURE_SUCCEEDED', amount: 5n, final: true }] }],
    });
  });

  it('keeps what the shopper has to do, and words that nobody has documented', () => {
    const details = toPaymentDetails({
      id: 'p',
      status: 'WAITING_FOR_RAIN',
      requiredAction: { name: 'SING_A_SONG', description: 'Sing.', clientToken: 'token' },
      metadata: { productId: 123, name: 'x', nested: {} },
      riskData: { cvvCheck: { source: 'PROCESSOR', result: 'MAYBE' } },
    });
    expect(details).toEqual({
      id: 'p',
      status: 'WAITING_FOR_RAIN',
      requiredAction: { name: 'SING_A_SONG', description: 'Sing.', clientToken: 'token' },
      metadata: { productId: 123, name: 'x' },
      riskData: { cvvCheck: { source: 'PROCESSOR', result: 'MAYBE' } },
      transactions: [],
    });
  });

  it('keeps every digit of an amount', () => {
    const parsed = parseJsonLossless('{"id":"p","status":"SETTLED","amount":9223372036854775807}');
    expect(toPaymentDetails(parsed).amount).toBe(9_223_372_036_854_775_807n);
  });

  it('reads whatever JSON arrives, or refuses it as the snapshot does', () => {
    const names = [...Object.keys(OLDER), ...Object.keys(CURRENT), 'riskData', 'requiredAction', 'metadata'];
    const payment = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), fc.string(), fc.bigInt()));
    const refuses = (read: () => unknown) => {
      try {
        read();
        return false;
      } catch (error) {
        if (error instanceof KnownError) return true;
        throw error;
      }
    };
    fc.assert(
      fc.property(payment, (input) => {
        expect(refuses(() => toPaymentDetails(input))).toBe(refuses(() => toPaymentSnapshot(input)));
      }),
    );
  });
});
