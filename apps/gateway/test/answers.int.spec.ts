import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import type { AttemptTokenisedData } from '@tollgate/contracts';
import { GatewayStage } from './gateway-stage.ts';
import { refused, type Scripted } from './stub-primer.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let stage: GatewayStage;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
  await stage.start();
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

const hangs: Scripted = { trouble: 'hang' };
const answerLost: Scripted = { trouble: 'hang', effect: true };
const reset: Scripted = { trouble: 'reset' };
const transition = refused(409, 'InvalidPaymentAttemptTransition');
const notFound = refused(404, 'PaymentAttemptNotFound');

interface Row {
  readonly title: string;
  readonly script: readonly Scripted[];
  readonly state: string;
  readonly calls: readonly string[];
  readonly reason?: string;
  readonly charged?: string;
  readonly incidents?: readonly string[];
  readonly payments?: number;
  readonly approveForMs?: number;
}

/** Less than an approve's time-out: what hangs is fenced next, without a second approve. */
const FENCED_AFTER_MS = 2_500;
const slowly = { timeoutMs: 20_000, intervalMs: 200 };

/** Decides an attempt for each row, all at once before the first test; each test then waits for its own. */
function playing(rows: readonly Row[], play: (row: Row) => Promise<AttemptTokenisedData>) {
  const attempts = new Map<string, AttemptTokenisedData>();
  beforeAll(async () => {
    for (const row of rows) attempts.set(row.title, await play(row));
  });
  return (title: string) => attempts.get(title)!;
}

describe('answers to approve', () => {
  const rows: Row[] = [
    { title: '200', script: [], state: 'APPROVED', calls: ['approve'], payments: 1 },
    {
      title: '409 IdempotencyKeyAlreadyExists on our first call',
      script: [refused(409, 'IdempotencyKeyAlreadyExists', { paymentId: 'foreign-payment' })],
      state: 'APPROVED',
      calls: ['approve'],
      incidents: ['FOREIGN_APPROVE'],
    },
    {
      title: '409 IdempotencyKeyAlreadyExists after a call that may have arrived',
      script: [answerLost],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    {
      title: '409 InvalidPaymentAttemptTransition on our first call',
      script: [transition],
      state: 'REJECTED',
      calls: ['approve'],
      reason: 'not-approvable',
    },
    {
      title: '409 InvalidPaymentAttemptTransition after an approve that had won',
      script: [answerLost, transition],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    {
      title: '409 InvalidPaymentAttemptTransition after an approve that had not',
      script: [hangs, transition],
      state: 'REJECTED',
      calls: ['approve', 'approve'],
      reason: 'not-approvable',
    },
    {
      title: '409 ClientSessionNotManual',
      script: [refused(409, 'ClientSessionNotManual')],
      state: 'REJECTED',
      calls: ['approve'],
      reason: 'client-session-not-manual',
      charged: 'maybe',
    },
    {
      title: '410 PaymentAttemptExpired on our first call',
      script: [refused(410, 'PaymentAttemptExpired')],
      state: 'EXPIRED',
      calls: ['approve'],
      reason: 'attempt-expired',
    },
    {
      title: '410 PaymentAttemptExpired after an approve that had won',
      script: [answerLost, refused(410, 'PaymentAttemptExpired')],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    {
      title: '410 PaymentAttemptExpired after an approve that had not',
      script: [reset, refused(410, 'PaymentAttemptExpired')],
      state: 'EXPIRED',
      calls: ['approve', 'approve'],
    },
    {
      title: '404 PaymentAttemptNotFound three times',
      script: [notFound, notFound, notFound],
      state: 'REJECTED',
      calls: ['approve', 'approve', 'approve'],
      reason: 'attempt-not-found',
    },
    {
      title: '404 PaymentAttemptNotFound and then 200',
      script: [notFound],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    {
      title: '400',
      script: [refused(400, 'BadRequest')],
      state: 'REJECTED',
      calls: ['approve'],
      reason: 'request-refused',
      incidents: ['REQUEST_REFUSED'],
    },
    {
      title: '422',
      script: [refused(422, 'RequestValidationError')],
      state: 'REJECTED',
      calls: ['approve'],
      incidents: ['REQUEST_REFUSED'],
    },
    {
      title: '429 with Retry-After',
      script: [{ status: 429, headers: { 'retry-after': '1' } }],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    ...[408, 500, 502, 503, 504].map((status) => ({
      title: `${status} after the effect`,
      script: [{ status, effect: true as const }],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    })),
    {
      title: 'a time-out without effect',
      script: [hangs],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    {
      title: 'a reset after the effect',
      script: [{ trouble: 'reset', effect: true }],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      payments: 1,
    },
    {
      title: 'something that nobody understands',
      script: [{ status: 302, headers: { location: '/' } }],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      incidents: ['ANSWER_NOT_UNDERSTOOD'],
      payments: 1,
    },
    {
      title: 'a 200 that names no attempt',
      script: [{ status: 200, body: { message: 'down for maintenance' } }],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      incidents: ['ANSWER_NOT_UNDERSTOOD'],
      payments: 1,
    },
    {
      title: 'a 404 that does not come from Primer’s application',
      script: [{ status: 404, body: '<html>' }],
      state: 'APPROVED',
      calls: ['approve', 'approve'],
      incidents: ['ANSWER_NOT_UNDERSTOOD'],
    },
    {
      title: 'no answer until approveBy, then a fence that holds',
      script: [hangs],
      state: 'ABORTED',
      calls: ['approve', 'abort:approve-unconfirmed'],
      reason: 'approve-unconfirmed',
      approveForMs: FENCED_AFTER_MS,
      payments: 0,
    },
    {
      title: 'no answer until approveBy, although the approve had won',
      script: [answerLost],
      state: 'APPROVED',
      calls: ['approve', 'abort:approve-unconfirmed'],
      approveForMs: FENCED_AFTER_MS,
      payments: 1,
    },
  ];

  const attemptOf = playing(rows, async ({ script, approveForMs }) => {
    const attempt = stage.attempt(approveForMs);
    stage.primer.script(attempt.paymentAttemptId, 'approve', ...script);
    await stage.decide(attempt);
    return attempt;
  });

  it.each(rows)('$title → $state', async ({ title, state, calls, reason, charged, incidents, payments }) => {
    const attempt = attemptOf(title);
    const row = await stage.reaches(attempt, state);
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(calls);
    expect(await stage.incidents(attempt)).toEqual(incidents ?? []);
    const made = stage.primer.payments(attempt.order.orderId);
    if (payments !== undefined) {
      expect(made).toHaveLength(payments);
      expect(row.payment_id).toBe(made[0]?.id ?? null);
    }
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: state,
      charged: charged ?? (state === 'APPROVED' ? 'yes' : 'no'),
      ...(reason === undefined ? {} : { reason }),
      ...(made[0] === undefined ? {} : { paymentId: made[0].id }),
    });
  });
});

describe('answers to a fence', () => {
  const fence = 'abort:approve-unconfirmed';
  const rows: Row[] = [
    {
      title: '410 and no payment',
      script: [refused(410, 'PaymentAttemptExpired')],
      state: 'EXPIRED',
      calls: ['approve', fence],
    },
    {
      title: 'an answer that was lost, then 409 and no payment',
      script: [answerLost],
      state: 'ABORTED',
      calls: ['approve', fence, fence],
      reason: 'approve-unconfirmed',
    },
    { title: '503, then 200', script: [{ status: 503 }], state: 'ABORTED', calls: ['approve', fence, fence] },
    {
      title: '404 three times',
      script: [notFound, notFound, notFound],
      state: 'REJECTED',
      calls: ['approve', fence, fence, fence],
    },
  ];

  const attemptOf = playing(rows, async ({ script }) => {
    const attempt = stage.attempt(FENCED_AFTER_MS);
    stage.primer.script(attempt.paymentAttemptId, 'approve', hangs);
    stage.primer.script(attempt.paymentAttemptId, 'abort', ...script);
    await stage.decide(attempt);
    return attempt;
  });

  it.each(rows)('$title → $state', async ({ title, state, calls, reason }) => {
    const attempt = attemptOf(title);
    await stage.reaches(attempt, state);
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(calls);
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: state,
      charged: 'no',
      ...(reason === undefined ? {} : { reason }),
    });
  });

  it('409 and no payment, with no earlier fence → stays UNKNOWN and pages an operator', async () => {
    const attempt = stage.attempt(FENCED_AFTER_MS);
    stage.primer.script(attempt.paymentAttemptId, 'approve', hangs);
    stage.primer.script(attempt.paymentAttemptId, 'abort', transition);
    await stage.decide(attempt);
    await eventually(async () => expect(await stage.incidents(attempt)).toEqual(['UNKNOWN_TOO_LONG']), slowly);
    expect(await stage.row(attempt)).toMatchObject({ state: 'UNKNOWN', step: 'find' });
    expect((await stage.outcomes(attempt)).map(({ type }) => type)).toEqual(['tollgate.attempt.outcome-unknown.v1']);
  });
});

describe('answers to abort', () => {
  const rows: Row[] = [
    { title: '200', script: [], state: 'ABORTED', calls: ['abort:rule-matched'], reason: 'rule-matched' },
    {
      title: '409 after an abort of ours that may have arrived',
      script: [answerLost],
      state: 'ABORTED',
      calls: ['abort:rule-matched', 'abort:rule-matched'],
      reason: 'rule-matched',
    },
    {
      title: '409 on our first abort and no payment',
      script: [transition],
      state: 'REJECTED',
      calls: ['abort:rule-matched'],
      reason: 'not-abortable',
    },
    {
      title: '410',
      script: [refused(410, 'PaymentAttemptExpired')],
      state: 'EXPIRED',
      calls: ['abort:rule-matched'],
    },
    {
      title: '404 three times',
      script: [notFound, notFound, notFound],
      state: 'REJECTED',
      calls: ['abort:rule-matched', 'abort:rule-matched', 'abort:rule-matched'],
      reason: 'attempt-not-found',
    },
    {
      title: '400',
      script: [refused(400, 'BadRequest')],
      state: 'REJECTED',
      calls: ['abort:rule-matched'],
      incidents: ['REQUEST_REFUSED'],
    },
    {
      title: '422',
      script: [refused(422, 'RequestValidationError')],
      state: 'REJECTED',
      calls: ['abort:rule-matched'],
      incidents: ['REQUEST_REFUSED'],
    },
    ...[429, 500, 504].map((status) => ({
      title: `${status} and then 200`,
      script: [{ status }],
      state: 'ABORTED',
      calls: ['abort:rule-matched', 'abort:rule-matched'],
    })),
    { title: 'a reset', script: [reset], state: 'ABORTED', calls: ['abort:rule-matched', 'abort:rule-matched'] },
  ];

  const attemptOf = playing(rows, async ({ script }) => {
    const attempt = stage.attempt();
    stage.primer.script(attempt.paymentAttemptId, 'abort', ...script);
    await stage.abort(attempt);
    return attempt;
  });

  it.each(rows)('$title → $state', async ({ title, state, calls, reason, incidents }) => {
    const attempt = attemptOf(title);
    await stage.reaches(attempt, state);
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(calls);
    expect(await stage.incidents(attempt)).toEqual(incidents ?? []);
    expect(stage.primer.payments(attempt.order.orderId)).toEqual([]);
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: state,
      charged: 'no',
      ...(reason === undefined ? {} : { reason }),
    });
  });

  it('409 although there is a payment → APPROVED and the incident PAID_AGAINST_ABORT', async () => {
    const attempt = stage.attempt();
    const paymentId = stage.primer.actBehindTheBack(attempt.paymentAttemptId, 'approve');
    await stage.abort(attempt);
    expect(await stage.reaches(attempt, 'APPROVED')).toMatchObject({ payment_id: paymentId });
    expect(await stage.incidents(attempt)).toEqual(['PAID_AGAINST_ABORT']);
  });
});
