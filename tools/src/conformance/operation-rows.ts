import type { PaymentStatus } from '@tollgate/contracts';
import type { DocumentedAnswer, PrimerCallName, PrimerRequest } from '@tollgate/primer-client';
import type { MatrixRow } from './matrix.types.ts';
import type { PaymentWish, Stage } from './stage.ts';

const INVALID = { status: 422, errorId: 'RequestValidationError' } as const;
const PAYMENT_ERROR = { status: 400, errorId: 'PaymentError' } as const;
const KEY_USED = { status: 409, errorId: 'IdempotencyKeyAlreadyExists' } as const;
const NOBODYS = 'nosuch01';

/** The body that carries each call out, and a payment that it can be carried out on. */
const OPERATIONS = {
  authorizePayment: {
    body: { processor: { processorMerchantId: 'sandbox-merchant' } },
    newPayment: challenged,
    paymentStatus: 'AUTHORIZED',
  },
  capturePayment: { body: { amount: 4_200n, final: true }, newPayment: authorised, paymentStatus: 'SETTLING' },
  cancelPayment: { body: { reason: 'out of stock' }, newPayment: authorised, paymentStatus: 'CANCELLED' },
  refundPayment: {
    body: { amount: 4_200n, reason: 'returned' },
    newPayment: (stage: Stage) => stage.newCapturedPayment(),
    paymentStatus: 'SETTLING',
  },
  adjustAuthorization: { body: { amount: 5_000n }, newPayment: estimated, paymentStatus: 'AUTHORIZED' },
} as const satisfies Partial<
  Record<PrimerCallName, { body: object; newPayment: (stage: Stage) => Promise<string>; paymentStatus: PaymentStatus }>
>;
type OperationName = keyof typeof OPERATIONS;

function authorised(stage: Stage): Promise<string> {
  return stage.newPayment();
}

/** PENDING: it waits for the shopper's bank. */
function challenged(stage: Stage): Promise<string> {
  return stage.newPayment({ card: 'challenged' });
}

function estimated(stage: Stage, wish: PaymentWish = {}): Promise<string> {
  return stage.newPayment({ ...wish, body: { paymentMethod: { authorizationType: 'ESTIMATED' } } });
}

/** Success, the same key again, and a payment that nobody has. */
function sharedRows(call: OperationName, unknown: DocumentedAnswer): MatrixRow[] {
  const { body, newPayment, paymentStatus } = OPERATIONS[call];
  return [
    {
      call,
      expected: { status: 200 },
      paymentStatus,
      when: 'all of it',
      ask: async (stage) => stage.ask({ call, id: await newPayment(stage), body }),
    },
    {
      call,
      expected: unknown,
      when: 'a payment that nobody has',
      ask: (stage) => stage.ask({ call, id: NOBODYS, body }),
    },
    {
      call,
      expected: unknown,
      when: "another merchant's payment",
      ask: async (stage) => {
        const headers = { 'X-API-KEY': stage.need('secondApiKey') };
        return stage.ask({ call, id: await newPayment(stage), body }, headers);
      },
    },
    {
      call,
      expected: KEY_USED,
      when: 'the same key again',
      ask: async (stage) => {
        const request: PrimerRequest = {
          call,
          id: await newPayment(stage),
          body,
          idempotencyKey: stage.newName('key'),
        };
        await stage.succeed(request);
        return stage.ask(request);
      },
    },
  ];
}

/** One more case of a call: on that payment, with that body. */
function row(
  call: PrimerCallName,
  expected: DocumentedAnswer | undefined,
  when: string,
  ask: (stage: Stage) => Promise<{ id: string; body: object }>,
): MatrixRow {
  return { call, expected, when, ask: async (stage) => stage.ask({ call, ...(await ask(stage)) }) };
}

/** The row of a success, with the status that the payment then has. */
function leadingTo(paymentStatus: PaymentStatus, success: MatrixRow): MatrixRow {
  return { ...success, paymentStatus };
}

async function settledByHandAt(stage: Stage, processor: object): Promise<string> {
  const id = await estimated(stage, { card: 'challenged' });
  return stage.succeed({ call: 'authorizePayment', id, body: { processor } });
}

/** The emulator's accounts: two processors share this id. */
const SHARED = { processorMerchantId: 'shared-merchant' };
const WITHOUT_ADJUSTMENT = { ...SHARED, name: 'SECOND_SANDBOX_PROCESSOR' };

/** Every documented answer to what is done with a payment. */
export const OPERATION_ROWS: readonly MatrixRow[] = [
  ...sharedRows('authorizePayment', { status: 404, errorId: 'PaymentNotFoundError' }),
  row(
    'authorizePayment',
    { status: 400, errorId: 'PaymentAlreadyAuthorized' },
    'an authorised payment',
    async (stage) => ({
      id: await authorised(stage),
      body: OPERATIONS.authorizePayment.body,
    }),
  ),
  row('authorizePayment', { status: 400, errorId: 'InvalidPaymentStatus' }, 'a captured payment', async (stage) => ({
    id: await stage.newCapturedPayment(),
    body: OPERATIONS.authorizePayment.body,
  })),
  row(
    'authorizePayment',
    { status: 400, errorId: 'MerchantAccountNotFound' },
    'an account that there is not',
    async (stage) => ({
      id: await challenged(stage),
      body: { processor: { processorMerchantId: 'nobody' } },
    }),
  ),
  row(
    'authorizePayment',
    { status: 400, errorId: 'MerchantAccountConflict' },
    'an account that two processors have',
    async (stage) => ({
      id: await challenged(stage),
      body: { processor: SHARED },
    }),
  ),
  row('authorizePayment', INVALID, 'no processor', async (stage) => ({ id: await challenged(stage), body: {} })),

  ...sharedRows('capturePayment', PAYMENT_ERROR),
  leadingTo(
    'PARTIALLY_SETTLED',
    row('capturePayment', { status: 200 }, 'a part that is not the last', async (stage) => ({
      id: await authorised(stage),
      body: { amount: 1_000n, final: false, metadata: { parcel: 1 } },
    })),
  ),
  leadingTo(
    'SETTLING',
    row('capturePayment', { status: 200 }, 'no amount: all of it', async (stage) => ({
      id: await authorised(stage),
      body: {},
    })),
  ),
  row('capturePayment', INVALID, 'an amount that is no number', async (stage) => ({
    id: await authorised(stage),
    body: { amount: 'much' },
  })),

  ...sharedRows('cancelPayment', PAYMENT_ERROR),

  ...sharedRows('refundPayment', PAYMENT_ERROR),
  leadingTo(
    'SETTLING',
    row('refundPayment', { status: 200 }, 'a part, under an order id of its own', async (stage) => ({
      id: await stage.newCapturedPayment(),
      body: { amount: 1_000n, orderId: stage.newName('refund') },
    })),
  ),
  row('refundPayment', { status: 409, errorId: 'PaymentAlreadyRefunded' }, 'all was refunded', async (stage) => {
    const id = await stage.newCapturedPayment();
    await stage.succeed({ call: 'refundPayment', id, body: {} });
    return { id, body: {} };
  }),
  row('refundPayment', INVALID, 'an amount that is no number', async (stage) => ({
    id: await stage.newCapturedPayment(),
    body: { amount: 'much' },
  })),
  row(
    'refundPayment',
    { status: 422, errorId: 'UnprocessableRefundAmount' },
    'more than was captured',
    async (stage) => ({
      id: await stage.newCapturedPayment(),
      body: { amount: stage.amount + 1n },
    }),
  ),

  ...sharedRows('adjustAuthorization', { status: 404, errorId: 'EntityNotFound' }),
  row(
    'adjustAuthorization',
    { status: 400, errorId: 'IncorrectPaymentAuthorizationType' },
    'authorised as FINAL',
    async (stage) => ({
      id: await authorised(stage),
      body: { amount: 5_000n },
    }),
  ),
  row(
    'adjustAuthorization',
    { status: 400, errorId: 'PaymentIsNotAuthorizedYet' },
    'a payment that waits',
    async (stage) => ({
      id: await estimated(stage, { card: 'challenged' }),
      body: { amount: 5_000n },
    }),
  ),
  row(
    'adjustAuthorization',
    { status: 400, errorId: 'AdjustAuthorizationNonCardPayment' },
    'a payment without a card',
    async (stage) => {
      const paymentMethodToken = await stage.newToken('authorised', { paymentMethodType: 'PAYPAL' });
      const body = { paymentMethodToken, paymentMethod: { authorizationType: 'ESTIMATED' } };
      return { id: await stage.newPayment({ body }), body: { amount: 5_000n } };
    },
  ),
  row(
    'adjustAuthorization',
    { status: 400, errorId: 'AdjustAuthorizationNotSupported' },
    'a processor that cannot',
    async (stage) => ({
      id: await settledByHandAt(stage, WITHOUT_ADJUSTMENT),
      body: { amount: 5_000n },
    }),
  ),
  row('adjustAuthorization', INVALID, 'no amount', async (stage) => ({ id: await estimated(stage), body: {} })),

  {
    call: 'resumePayment',
    expected: { status: 200 },
    paymentStatus: 'AUTHORIZED',
    when: 'the shopper has passed the challenge',
    ask: async (stage) => {
      const id = await challenged(stage);
      return stage.ask({ call: 'resumePayment', id, body: { resumeToken: await stage.passChallenge(id) } });
    },
  },
  row(
    'resumePayment',
    { status: 202, errorId: 'NoActionsToHandle' },
    'a payment that waits for nothing',
    async (stage) => ({
      id: await authorised(stage),
      body: { resumeToken: RESUME_TOKEN },
    }),
  ),
  row('resumePayment', PAYMENT_ERROR, 'a payment that nobody has', () =>
    Promise.resolve({ id: NOBODYS, body: { resumeToken: RESUME_TOKEN } }),
  ),
];

/** A token of the right form, of no payment. */
const RESUME_TOKEN = '00000000-0000-4000-8000-000000000000';
