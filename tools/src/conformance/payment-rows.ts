import type { PrimerRequest } from '@tollgate/primer-client';
import type { MatrixRow } from './matrix.types.ts';
import type { PaymentWish, Stage } from './stage.ts';

const INVALID = { status: 422, errorId: 'RequestValidationError' } as const;
const PAYMENT_ERROR = { status: 400, errorId: 'PaymentError' } as const;

const create = async (stage: Stage, wish: PaymentWish = {}) => stage.ask(await stage.newPaymentRequest(wish));

const list = (stage: Stage, query: Record<string, string>) =>
  stage.ask({ call: 'listPayments', query: new URLSearchParams(query) });

/** Asks again what succeeded before. */
async function askTwice(stage: Stage, request: PrimerRequest) {
  await stage.succeed(request);
  return stage.ask(request);
}

/** Every documented answer to making, reading and listing payments. */
export const PAYMENT_ROWS: readonly MatrixRow[] = [
  {
    call: 'createPayment',
    expected: { status: 200 },
    paymentStatus: 'AUTHORIZED',
    when: 'a card that authorises',
    ask: (stage) => create(stage),
  },
  {
    call: 'createPayment',
    expected: { status: 200 },
    paymentStatus: 'DECLINED',
    when: 'a card that is declined: the payment says so, not the status',
    ask: (stage) => create(stage, { card: 'declined' }),
  },
  {
    call: 'createPayment',
    expected: { status: 200 },
    paymentStatus: 'FAILED',
    when: 'a card that fails',
    ask: (stage) => create(stage, { card: 'failed' }),
  },
  {
    call: 'createPayment',
    expected: { status: 200 },
    paymentStatus: 'PENDING',
    when: 'a card that asks for 3-D Secure: the payment waits for the shopper',
    ask: (stage) => create(stage, { card: 'challenged' }),
  },
  {
    call: 'createPayment',
    expected: { status: 200 },
    paymentStatus: 'AUTHORIZED',
    when: 'vaulted on success, as the first of a series',
    ask: (stage) =>
      create(stage, {
        body: {
          customerId: stage.newName('customer'),
          paymentMethod: { vaultOnSuccess: true, paymentType: 'FIRST_PAYMENT' },
        },
      }),
  },
  {
    call: 'createPayment',
    expected: { status: 200 },
    paymentStatus: 'AUTHORIZED',
    when: 'a vaulted token, started by the merchant',
    ask: async (stage) => {
      const customerId = stage.newName('customer');
      const wish = { reusable: true, customerId };
      const paymentMethodToken = stage.options.vaultedToken ?? (await stage.newToken('authorised', wish));
      return create(stage, { body: { paymentMethodToken, paymentMethod: { paymentType: 'SUBSCRIPTION' } } });
    },
  },
  {
    call: 'createPayment',
    expected: PAYMENT_ERROR,
    when: 'a token that nobody gave out',
    ask: (stage) =>
      stage.ask({
        call: 'createPayment',
        idempotencyKey: stage.newName('key'),
        body: { ...stage.newPurchase(), paymentMethodToken: 'unknown' },
      }),
  },
  {
    call: 'createPayment',
    expected: PAYMENT_ERROR,
    when: 'a one-time token for the second time',
    ask: async (stage) => {
      const paymentMethodToken = await stage.newToken('authorised', { reusable: false });
      await stage.newPayment({ body: { paymentMethodToken } });
      return create(stage, { body: { paymentMethodToken } });
    },
  },
  {
    call: 'createPayment',
    expected: { status: 400, errorId: 'TransactionRequestIdempotencyKeyAlreadyExists' },
    when: 'the same request with the same key',
    ask: async (stage) => askTwice(stage, await stage.newPaymentRequest()),
  },
  {
    call: 'createPayment',
    expected: { status: 400, errorId: 'MetadataContainsEmptyKey' },
    when: 'an empty key in metadata',
    ask: (stage) => create(stage, { body: { metadata: { '': 'x' } } }),
  },
  {
    call: 'createPayment',
    expected: INVALID,
    when: 'a token of no session, without an amount',
    ask: async (stage) => {
      const { amount: _amount, ...purchase } = stage.newPurchase();
      const body = { ...purchase, paymentMethodToken: await stage.newToken() };
      return stage.ask({ call: 'createPayment', idempotencyKey: stage.newName('key'), body });
    },
  },
  {
    call: 'createPayment',
    expected: INVALID,
    when: 'a negative amount, before the token is looked at',
    ask: (stage) =>
      stage.ask({
        call: 'createPayment',
        idempotencyKey: stage.newName('key'),
        body: { ...stage.newPurchase(), paymentMethodToken: 'unknown', amount: -1n },
      }),
  },
  {
    call: 'createPayment',
    expected: INVALID,
    when: 'a currency that is not ISO 4217',
    ask: (stage) => create(stage, { body: { currencyCode: 'XXQ' } }),
  },
  {
    call: 'createPayment',
    expected: INVALID,
    when: 'an order id of 300 characters',
    ask: (stage) => create(stage, { body: { orderId: 'x'.repeat(300) } }),
  },
  {
    call: 'getPayment',
    expected: { status: 200 },
    paymentStatus: 'SETTLING',
    when: 'with its events',
    ask: async (stage) => {
      const query = new URLSearchParams({ expand: 'transactions.events' });
      return stage.ask({ call: 'getPayment', id: await stage.newCapturedPayment(), query });
    },
  },
  {
    call: 'getPayment',
    expected: PAYMENT_ERROR,
    when: 'an id that nobody has',
    ask: (stage) => stage.ask({ call: 'getPayment', id: 'nosuch01' }),
  },
  {
    call: 'getPayment',
    expected: PAYMENT_ERROR,
    when: "another merchant's payment",
    ask: async (stage) => {
      const headers = { 'X-API-KEY': stage.need('secondApiKey') };
      return stage.ask({ call: 'getPayment', id: await stage.newPayment() }, headers);
    },
  },
  { call: 'listPayments', expected: { status: 200 }, when: 'no filter', ask: (stage) => list(stage, {}) },
  {
    call: 'listPayments',
    expected: { status: 200 },
    when: 'every filter at once',
    ask: (stage) =>
      list(stage, {
        status: 'AUTHORIZED,SETTLED',
        payment_method_type: 'PAYMENT_CARD',
        processor: 'STRIPE',
        currency_code: stage.options.currency,
        from_date: '2026-01-01T00:00:00Z',
        to_date: '2026-12-31T00:00:00Z',
        order_id: 'order-1',
        min_amount: '1',
        max_amount: '100000',
        customer_id: 'customer-1',
        customer_email_address: 'one@example.com',
        last_4_digits: '1111',
        limit: '5',
      }),
  },
  {
    call: 'listPayments',
    expected: { status: 200 },
    when: 'the page after a page of one',
    ask: async (stage) => {
      await stage.newPayment();
      await stage.newPayment();
      const first = await list(stage, { limit: '1' });
      const { nextCursor } = first.body as { readonly nextCursor?: string };
      return nextCursor === undefined ? first : list(stage, { limit: '1', cursor: nextCursor });
    },
  },
  { call: 'listPayments', expected: INVALID, when: 'a limit of 0', ask: (stage) => list(stage, { limit: '0' }) },
  {
    call: 'listPayments',
    expected: INVALID,
    when: 'a date that is none',
    ask: (stage) => list(stage, { from_date: 'yesterday' }),
  },
];
