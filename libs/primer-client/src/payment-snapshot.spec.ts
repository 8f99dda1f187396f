import { describe, expect, it } from '@jest/globals';
import { KnownError, paymentSnapshot } from '@tollgate/contracts';
import { parseJsonLossless } from '@tollgate/platform';
import fc from 'fast-check';
import { toPaymentSnapshot } from './payment-snapshot.ts';

const v24 = {
  id: 'kHdEw9EG',
  date: '2021-02-21T15:36:16.367687',
  dateUpdated: '2021-02-21T15:36:17.133701',
  status: 'AUTHORIZED',
  orderId: 'order-abc',
  currencyCode: 'EUR',
  amount: 42,
  customerId: 'customer-123',
  paymentMethod: { isVaulted: 'false', analyticsId: 'VtkMDAxZW5isH0HsbbNxZ3lo' },
  processor: { name: 'STRIPE', processorMerchantId: 'acct_1', amountCaptured: 0, amountRefunded: 0 },
  transactions: [
    {
      type: 'SALE',
      processorStatus: 'AUTHORIZED',
      processorName: 'STRIPE',
      processorTransactionId: '54c4eb5b3ef8a',
      amount: 42,
      currencyCode: 'EUR',
    },
  ],
};

describe('toPaymentSnapshot', () => {
  it('reads the shape of API v2.4', () => {
    expect(toPaymentSnapshot(v24)).toEqual({
      paymentId: 'kHdEw9EG',
      status: 'AUTHORIZED',
      orderId: 'order-abc',
      customerId: 'customer-123',
      currency: 'EUR',
      amountMinor: '42',
      amountCapturedMinor: '0',
      amountRefundedMinor: '0',
      date: '2021-02-21T15:36:16.367687Z',
      dateUpdated: '2021-02-21T15:36:17.133701Z',
      processorName: 'STRIPE',
      analyticsId: 'VtkMDAxZW5isH0HsbbNxZ3lo',
      transactions: [
        {
          id: '54c4eb5b3ef8a',
          type: 'SALE',
          status: 'AUTHORIZED',
          amountMinor: '42',
          currency: 'EUR',
          processorName: 'STRIPE',
        },
      ],
    });
  });

  it('reads of the card what tells it, and nothing that looks like more of its number', () => {
    const paymentMethodData = {
      ...{ first6Digits: '411111', last4Digits: '1111', network: 'Visa', cardholderName: 'Ann' },
      binData: { network: 'VISA', issuerCountryCode: 'DE' },
    };
    const cardOf = (data: unknown) => toPaymentSnapshot({ ...v24, paymentMethod: { paymentMethodData: data } }).card;
    expect(cardOf(paymentMethodData)).toEqual({ bin: '411111', last4: '1111', network: 'VISA', issuerCountry: 'DE' });
    expect(cardOf({ first6Digits: '4111111111111111', last4Digits: '11111' })).toBeUndefined();
    expect(cardOf({ network: 'Visa' })).toEqual({ network: 'Visa' });
  });

  it('reads the older shape with its own amounts and instrument', () => {
    const older = {
      id: 'slklmjh4',
      date: '2021-01-26T14:24:15.540899',
      status: 'DECLINED',
      orderId: 'order-1',
      currencyCode: 'GBP',
      amount: 800,
      amountAuthorized: 1000,
      amountCaptured: 800,
      amountRefunded: 300,
      paymentInstrument: { token: 'secret-token', analyticsId: '0gUl6gf1VgmsJQSM4wXShzNX' },
      customer: { id: 'customer-123' },
      transactions: [{ transactionType: 'SALE', processorName: 'ADYEN' }],
    };
    const snapshot = toPaymentSnapshot(older);
    expect(snapshot).toMatchObject({
      amountMinor: '800',
      amountAuthorizedMinor: '1000',
      amountCapturedMinor: '800',
      amountRefundedMinor: '300',
      analyticsId: '0gUl6gf1VgmsJQSM4wXShzNX',
      customerId: 'customer-123',
      processorName: 'ADYEN',
    });
    expect(JSON.stringify(snapshot)).not.toContain('secret-token');
  });

  it('keeps every digit of an amount beyond the safe integers', () => {
    const parsed = parseJsonLossless('{"id":"p","status":"SETTLED","amount":9007199254740993}');
    expect(toPaymentSnapshot(parsed).amountMinor).toBe('9007199254740993');
  });

  it('lets a status survive that nobody has heard of', () => {
    expect(toPaymentSnapshot({ id: 'p', status: 'PARTIALLY_FORGIVEN' }).status).toBe('PARTIALLY_FORGIVEN');
  });

  it('tells "not expanded" from "no events" and reads booleans written as text', () => {
    const events = [
      { id: 'e', type: 'CAPTURE_SUCCEEDED', date: '2025-01-22T13:39:18.992928', amount: 7, final: 'false' },
    ];
    const expanded = { ...v24, transactions: [{ ...v24.transactions[0], events }, { type: 'REFUND' }] };
    expect(toPaymentSnapshot(v24).events).toBeUndefined();
    expect(toPaymentSnapshot({ ...v24, transactions: [{ events: [] }] }).events).toEqual([]);
    expect(toPaymentSnapshot(expanded).events).toEqual([
      { type: 'CAPTURE_SUCCEEDED', at: '2025-01-22T13:39:18.992928Z', amountMinor: '7', final: false },
    ]);
  });

  it.each([
    ['2024-02-21 15:36:16.1', '2024-02-21T15:36:16.100000Z'],
    ['2024-02-21T15:36:16Z', '2024-02-21T15:36:16.000000Z'],
    ['2024-02-21T15:36:16.123456789+02:00', '2024-02-21T13:36:16.123456Z'],
    ['2024-02-30T15:36:16', undefined],
    ['yesterday', undefined],
  ])('reads the instant %s as %s', (text, expected) => {
    expect(toPaymentSnapshot({ id: 'p', status: 'PENDING', date: text }).date).toBe(expected);
  });

  it('reads texts that no database stores as texts that one does', () => {
    const parts = { status: 'A\u0000B', processor: { name: 'X\uD800' }, transactions: [{ type: 'SA\u0000LE' }] };
    expect(toPaymentSnapshot({ id: 'p', ...parts })).toMatchObject({
      ...{ status: 'A\uFFFDB', processorName: 'X\uFFFD' },
      transactions: [{ type: 'SA\uFFFDLE' }],
    });
  });

  it.each([null, [], 'payment', {}, { id: 'p' }, { status: 'PENDING' }, { id: '', status: 'PENDING' }])(
    'refuses what is no payment: %j',
    (payment) => {
      expect(() => toPaymentSnapshot(payment)).toThrow(KnownError);
    },
  );

  it('fits the contract, or refuses, whatever JSON arrives', () => {
    const field = fc.oneof(fc.jsonValue(), fc.string(), fc.bigInt(), fc.double());
    const transaction = fc.dictionary(
      fc.constantFrom('id', 'type', 'transactionType', 'amount', 'currencyCode', 'processorName', 'events', 'status'),
      fc.oneof(field, fc.array(fc.record({ type: field, date: field, amount: field, final: field }))),
    );
    const payment = fc.record(
      {
        id: fc.oneof(fc.string(), field),
        status: fc.oneof(fc.string(), field),
        orderId: field,
        amount: field,
        currencyCode: field,
        date: field,
        processor: fc.oneof(field, fc.record({ name: field, amountCaptured: field })),
        paymentMethod: fc.record({ analyticsId: field }),
        transactions: fc.oneof(field, fc.array(transaction)),
      },
      { requiredKeys: ['id', 'status'] },
    );
    fc.assert(
      fc.property(payment, (input) => {
        try {
          expect(paymentSnapshot.safeParse(toPaymentSnapshot(input)).error).toBeUndefined();
        } catch (error) {
          if (!(error instanceof KnownError)) throw error;
        }
      }),
    );
  });
});
