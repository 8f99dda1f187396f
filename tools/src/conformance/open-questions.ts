import type { Answer } from './answer.types.ts';
import type { MatrixRow } from './matrix.types.ts';
import type { Stage } from './stage.ts';

const MINUTE_MS = 60_000;

/** What a body says of a payment. */
interface PaymentBody {
  readonly status?: string;
  readonly dateUpdated?: string;
}

async function read(stage: Stage, id: string): Promise<PaymentBody> {
  const { body } = await stage.ask({ call: 'getPayment', id });
  return body ?? {};
}

/** Does something to a new payment and notes what that did to its status and to `dateUpdated`. */
async function noteChange(
  stage: Stage,
  newPayment: Promise<string>,
  change: (id: string) => Promise<Answer>,
): Promise<Answer> {
  const id = await newPayment;
  const before = await read(stage, id);
  const answer = await change(id);
  const after = await read(stage, id);
  const moved = before.dateUpdated === after.dateUpdated ? 'stays' : 'moves';
  return { ...answer, note: `${before.status} → ${after.status}; dateUpdated ${moved}` };
}

/**
 * What the documents leave open and a merchant has to know. The answers are written down, none is right or wrong: run
 * against Primer's own sandbox they say what an emulator should do.
 */
export const OPEN_QUESTIONS: readonly MatrixRow[] = [
  {
    call: 'approveAttempt',
    expected: undefined,
    when: 'approved again: does the error name the payment?',
    ask: async (stage) => {
      const { paymentAttemptId: id } = await stage.newAttempt();
      await stage.succeed({ call: 'approveAttempt', id });
      const answer = await stage.ask({ call: 'approveAttempt', id });
      const { paymentId } = (answer.body as { error?: { paymentId?: string } } | undefined)?.error ?? {};
      return { ...answer, note: paymentId === undefined ? 'names no payment' : 'names the payment' };
    },
  },
  ...[14, 16].map((minutes): MatrixRow => ({
    call: 'approveAttempt',
    expected: undefined,
    when: `how long an attempt lives: approved after ${minutes} minutes`,
    ask: async (stage) => {
      const { paymentAttemptId: id } = await stage.newAttempt();
      await stage.letTimePass(minutes * MINUTE_MS);
      return stage.ask({ call: 'approveAttempt', id });
    },
  })),
  {
    call: 'abortAttempt',
    expected: undefined,
    when: 'an attempt with a newer one beside it',
    ask: async (stage) => {
      const { paymentAttemptId: id, clientSessionId } = await stage.newAttempt();
      await stage.newAttempt({ clientSessionId });
      return stage.ask({ call: 'abortAttempt', id });
    },
  },
  {
    call: 'createPayment',
    expected: undefined,
    when: 'the same key with another amount',
    ask: async (stage) => {
      const request = await stage.newPaymentRequest();
      await stage.succeed(request);
      return stage.ask({ ...request, body: { ...(request.body as object), amount: 1n } });
    },
  },
  {
    call: 'createPayment',
    expected: undefined,
    when: 'a one-time token after 16 minutes',
    ask: async (stage) => {
      const request = await stage.newPaymentRequest();
      await stage.letTimePass(16 * MINUTE_MS);
      return stage.ask(request);
    },
  },
  {
    call: 'capturePayment',
    expected: undefined,
    when: 'more than was authorised',
    ask: async (stage) =>
      stage.ask({ call: 'capturePayment', id: await stage.newPayment(), body: { amount: stage.amount + 1n } }),
  },
  {
    call: 'capturePayment',
    expected: undefined,
    when: 'a payment that was declined',
    ask: async (stage) =>
      stage.ask({ call: 'capturePayment', id: await stage.newPayment({ card: 'declined' }), body: {} }),
  },
  {
    call: 'capturePayment',
    expected: undefined,
    when: 'a second time after a final capture',
    ask: async (stage) => stage.ask({ call: 'capturePayment', id: await stage.newCapturedPayment(), body: {} }),
  },
  {
    call: 'cancelPayment',
    expected: undefined,
    when: 'a payment that is captured',
    ask: (stage) =>
      noteChange(stage, stage.newCapturedPayment(), (id) => stage.ask({ call: 'cancelPayment', id, body: {} })),
  },
  {
    call: 'refundPayment',
    expected: undefined,
    when: 'a captured payment: does dateUpdated move?',
    ask: (stage) =>
      noteChange(stage, stage.newCapturedPayment(), (id) =>
        stage.ask({ call: 'refundPayment', id, body: { amount: 1_000n } }),
      ),
  },
  {
    call: 'refundPayment',
    expected: undefined,
    when: 'an authorised payment of which nothing is captured',
    ask: (stage) => noteChange(stage, stage.newPayment(), (id) => stage.ask({ call: 'refundPayment', id, body: {} })),
  },
  {
    call: 'refundPayment',
    expected: undefined,
    when: 'an amount of 0',
    ask: async (stage) =>
      stage.ask({ call: 'refundPayment', id: await stage.newCapturedPayment(), body: { amount: 0n } }),
  },
  {
    call: 'resumePayment',
    expected: undefined,
    when: 'a resume token of another payment',
    ask: async (stage) =>
      stage.ask({
        call: 'resumePayment',
        id: await stage.newPayment({ card: 'challenged' }),
        body: { resumeToken: '00000000-0000-4000-8000-000000000000' },
      }),
  },
  {
    call: 'listPayments',
    expected: undefined,
    when: 'a payment that was just made: does the list lag?',
    ask: async (stage) => {
      const id = await stage.newPayment();
      const answer = await stage.ask({ call: 'listPayments', query: new URLSearchParams({ limit: '20' }) });
      const { data = [] } = (answer.body ?? {}) as { data?: ReadonlyArray<{ id?: string }> };
      return { ...answer, note: data.some((payment) => payment.id === id) ? 'is there at once' : 'is not there yet' };
    },
  },
  {
    call: 'getPayment',
    expected: undefined,
    when: 'no X-API-VERSION',
    ask: async (stage) => stage.ask({ call: 'getPayment', id: await stage.newPayment() }, { 'X-API-VERSION': '' }),
  },
];
