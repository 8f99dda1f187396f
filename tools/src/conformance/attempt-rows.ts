import { randomUUID } from 'node:crypto';
import type { PrimerCallName } from '@tollgate/primer-client';
import type { Answer } from './answer.types.ts';
import type { MatrixRow } from './matrix.types.ts';
import type { Stage } from './stage.ts';

type AttemptCallName = Extract<PrimerCallName, 'approveAttempt' | 'abortAttempt'>;

const APPROVE: AttemptCallName = 'approveAttempt';
const ABORT: AttemptCallName = 'abortAttempt';

/** Approves or aborts a new attempt, of a special kind or after something was done to it. */
function onNew(
  call: AttemptCallName,
  {
    wish = {},
    before,
  }: { wish?: object; before?: (stage: Stage, attemptId: string, sessionId: string) => Promise<unknown> } = {},
): MatrixRow['ask'] {
  return async (stage) => {
    const { paymentAttemptId, clientSessionId } = await stage.newAttempt(wish);
    await before?.(stage, paymentAttemptId, clientSessionId);
    return stage.ask({ call, id: paymentAttemptId });
  };
}

const done = (call: AttemptCallName) => (stage: Stage, id: string) => stage.succeed({ call, id });
const superseded = (stage: Stage, _id: string, clientSessionId: string) => stage.newAttempt({ clientSessionId });

/** The same for approve and abort. */
function sharedRows(call: AttemptCallName): MatrixRow[] {
  return [
    { call, expected: { status: 200 }, when: 'an attempt that awaits approval', ask: onNew(call) },
    {
      call,
      expected: { status: 404, errorId: 'PaymentAttemptNotFound' },
      when: 'an id that nobody has',
      ask: (stage) => stage.ask({ call, id: randomUUID() }),
    },
    {
      call,
      expected: { status: 404, errorId: 'PaymentAttemptNotFound' },
      when: "another merchant's attempt",
      ask: async (stage) => {
        const headers = { 'X-API-KEY': stage.need('secondApiKey') };
        return stage.ask({ call, id: (await stage.newAttempt()).paymentAttemptId }, headers);
      },
    },
    {
      call,
      expected: { status: 410, errorId: 'PaymentAttemptExpired' },
      when: 'an attempt that has expired',
      ask: onNew(call, { wish: { ttlSeconds: 0 } }),
    },
    {
      call,
      expected: { status: 422, errorId: 'RequestValidationError' },
      when: 'an id that is no UUID',
      ask: (stage) => stage.ask({ call, id: 'no-uuid' }, {}),
    },
    {
      call,
      expected: { status: 422, errorId: 'RequestValidationError' },
      when: 'no X-API-VERSION',
      ask: async (stage) =>
        stage.ask({ call, id: (await stage.newAttempt()).paymentAttemptId }, { 'X-API-VERSION': '' }),
    },
  ];
}

const NOT_CURRENT = { status: 409, errorId: 'InvalidPaymentAttemptTransition' } as const;

/** Every documented answer to an approve or an abort. */
export const ATTEMPT_ROWS: readonly MatrixRow[] = [
  ...sharedRows(APPROVE),
  {
    call: APPROVE,
    expected: { status: 400, errorId: 'BadRequest' },
    when: 'a body that is no JSON',
    ask: async (stage) => {
      const answer = await stage.ask({ call: APPROVE, id: (await stage.newAttempt()).paymentAttemptId, text: '{' });
      return answer.status === 200 ? forcedBadRequest(stage) : answer;
    },
  },
  {
    call: APPROVE,
    expected: { status: 409, errorId: 'ClientSessionNotManual' },
    when: 'an attempt of a session with approval mode AUTO',
    ask: onNew(APPROVE, { wish: { approvalMode: 'AUTO' } }),
  },
  {
    call: APPROVE,
    expected: NOT_CURRENT,
    when: 'an attempt with a newer one beside it',
    ask: onNew(APPROVE, { before: superseded }),
  },
  {
    call: APPROVE,
    expected: NOT_CURRENT,
    when: 'an attempt that was aborted',
    ask: onNew(APPROVE, { before: done(ABORT) }),
  },
  {
    call: APPROVE,
    expected: { status: 409, errorId: 'IdempotencyKeyAlreadyExists' },
    when: 'an attempt that was approved',
    ask: onNew(APPROVE, { before: done(APPROVE) }),
  },
  ...sharedRows(ABORT),
  {
    call: ABORT,
    expected: { status: 400, errorId: 'BadRequest' },
    when: 'a body that is no JSON',
    ask: async (stage) => stage.ask({ call: ABORT, id: (await stage.newAttempt()).paymentAttemptId, text: '{' }),
  },
  {
    call: ABORT,
    expected: { status: 200 },
    when: 'with a reason',
    ask: async (stage) =>
      stage.ask({
        call: ABORT,
        id: (await stage.newAttempt()).paymentAttemptId,
        body: { reason: 'fraud-check-failed' },
      }),
  },
  {
    call: ABORT,
    expected: NOT_CURRENT,
    when: 'an attempt that was approved',
    ask: onNew(ABORT, { before: done(APPROVE) }),
  },
  {
    call: ABORT,
    expected: NOT_CURRENT,
    when: 'an attempt that was aborted',
    ask: onNew(ABORT, { before: done(ABORT) }),
  },
  {
    call: ABORT,
    expected: { status: 422, errorId: 'RequestValidationError' },
    when: 'a field that the documents do not know',
    ask: async (stage) =>
      stage.ask({ call: ABORT, id: (await stage.newAttempt()).paymentAttemptId, body: { why: 'fraud' } }),
  },
];

/** An approve has no body, so a server may well not look at one. */
async function forcedBadRequest(stage: Stage): Promise<Answer> {
  const { paymentAttemptId: id } = await stage.newAttempt();
  return stage.askForced({ call: APPROVE, id }, { status: 400, errorId: 'BadRequest' });
}
