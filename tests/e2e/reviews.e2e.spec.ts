import { expect, it } from '@jest/globals';
import type {
  ApprovalAnswer,
  ApprovalListAnswer,
  ApprovalProblem,
  PaymentAnswer,
  PaymentCommandAnswer,
} from '@tollgate/contracts';
import { APPS_WITH_REVIEW, checkInvariants, eventually, sampleId, startStack } from '@tollgate/testing';

import { runOps } from './ops-process.ts';

const stack = await startStack(import.meta.url, { running: APPS_WITH_REVIEW });
const { shop, credentials } = stack;
/** What a shop can give its reviewers less than the installation does. */
const SHORT_SECONDS = 3;
const [rita, otto] = credentials.reviewers;
const told: { attemptId: string; toldOutcome: string | undefined }[] = [];

/** A checkout of the kind that the shipped rules show to a person, posted and waiting for its outcome. */
async function checkOut(decideWithinSeconds?: number, customerId = sampleId('sample-review')) {
  const { paymentAttemptId: attemptId, body } = await shop.beginCheckout({ customerId });
  const checkout = { paymentAttemptId: attemptId, body: { ...body, decideWithinSeconds } };
  const outcome = shop.post(checkout, { waitSeconds: 40 }).then(({ body: posted }) => {
    told.push({ attemptId, toldOutcome: posted.status });
    return posted;
  });
  return { attemptId, outcome };
}

async function reviewOf(
  resourceId: string,
  decision?: string,
  resourceType = 'payment_attempt',
): Promise<ApprovalAnswer> {
  return eventually(
    async () => {
      const path = `/v0/approvals?resourceType=${resourceType}&resourceId=${resourceId}`;
      const { body } = await stack.ask<ApprovalListAnswer>('approvals', path);
      const [approval] = body.data;
      if (approval === undefined || (decision !== undefined && approval.decision !== decision)) {
        throw new Error(`${resourceId} has no such review: ${JSON.stringify(approval)}`);
      }
      return approval;
    },
    { timeoutMs: 20_000, intervalMs: 100 },
  );
}

const decide = (
  approval: ApprovalAnswer,
  decision: string,
  actorId: string | undefined,
  token = credentials.platformApiKey,
) =>
  stack.ask<ApprovalAnswer & ApprovalProblem>('approvals', `/v0/approvals/${approval.id}`, {
    method: 'PATCH',
    token,
    body: { decision, actorId, dataSnapshotHash: approval.dataSnapshotHash },
  });

it('attempts are approved and rejected by people in time, and aborted by the deadline without them', async () => {
  const [approved, rejected, left] = [await checkOut(), await checkOut(), await checkOut(SHORT_SECONDS)];

  const review = await reviewOf(approved.attemptId);
  expect(review).toMatchObject({ decision: 'pending', requester: 'service:risk', reviewer: null });
  expect(review.tollgate).toMatchObject({ effect: 'none', dataSnapshot: { card: { last4: '1111' } } });
  expect(review.tollgate.timeLeftMs).toBeGreaterThan(0);
  expect((await decide(review, 'approved', rita.email, credentials.approvalsApiKey)).body.code).toBe(
    'REVIEWER_REQUIRED',
  );
  expect((await decide(review, 'approved', undefined)).body.code).toBe('REVIEWER_REQUIRED');
  expect(await decide(review, 'approved', rita.email)).toMatchObject({ status: 200, body: { reviewer: rita.email } });
  expect(await decide(review, 'approved', otto.email)).toMatchObject({ status: 409 });
  expect(await decide(await reviewOf(rejected.attemptId), 'rejected', otto.email)).toMatchObject({ status: 200 });

  expect(await approved.outcome).toMatchObject({ status: 'APPROVED', charged: 'yes' });
  expect(await rejected.outcome).toMatchObject({ status: 'ABORTED', charged: 'no' });
  expect(await left.outcome).toMatchObject({ status: 'ABORTED', charged: 'no', shopperCode: 'TIMED_OUT' });

  const late = await decide(await reviewOf(left.attemptId, 'cancelled'), 'approved', rita.email);
  expect(late).toMatchObject({ status: 409, body: { code: 'APPROVAL_EXPIRED', error: 'conflict' } });
  await eventually(async () => {
    const effects = await Promise.all(
      [approved, rejected, left].map(async ({ attemptId }) => (await reviewOf(attemptId)).tollgate.effect),
    );
    expect(effects).toEqual(['applied', 'applied', 'refused_late']);
  });
});

it('how many people an amount takes is set for one merchant while everything runs', async () => {
  const set = await runOps(stack, `merchants set-quorum ${credentials.merchantId} --tiers EUR:900000=2,EUR:9000000=3`);
  expect(set).toMatchObject({
    code: 0,
    text: expect.stringContaining('2 from 900000 EUR, 3 from 9000000 EUR, else 1'),
  });
});

/** Sends a command about a payment, and waits for its end or for it to be held. */
async function command(paymentId: string, kind: string, amount: number, token = credentials.intakeApiKey) {
  const { status, body } = await stack.ask<PaymentCommandAnswer>('gateway', `/v1/payments/${paymentId}/${kind}`, {
    token,
    headers: { 'idempotency-key': sampleId(kind), prefer: 'wait=30' },
    body: { amount },
  });
  return { httpStatus: status, ...body };
}

const commandState = async (commandId: string) =>
  (
    await stack.ask<PaymentCommandAnswer>('gateway', `/v1/payment-commands/${commandId}`, {
      token: credentials.intakeApiKey,
    })
  ).body;

async function refundedAtProvider(paymentId: string): Promise<number> {
  const headers = { 'x-api-key': credentials.primerApiKey, 'x-api-version': '2.4' };
  const path = `/payments/${paymentId}`;
  const { body } = await stack.ask<{ processor: { amountRefunded: number } }>('sandbox', path, { headers });
  return body.processor.amountRefunded;
}

it('a refund above a limit that was set a moment ago waits for a second person, other than its shopper, and happens once or not at all', async () => {
  const { outcome } = await checkOut(undefined, rita.email);
  const { paymentId = '' } = await outcome;
  expect(await command(paymentId, 'capture', 4_200)).toMatchObject({ status: 'DONE' });

  const limit = `merchants set-limits ${credentials.merchantId} refund --amount EUR=5`;
  expect(await runOps(stack, limit)).toMatchObject({ code: 0, text: expect.stringContaining('up to 5 EUR') });
  const unwanted = await eventually(async () => {
    const refund = await command(paymentId, 'refund', 10);
    if (refund.status !== 'HELD') throw new Error(`is ${refund.status}: the gateway has not heard of the limit yet`);
    return refund;
  });
  expect(unwanted.httpStatus).toBe(202);
  const made = await runOps(
    stack,
    `keys make --name refunds --merchant ${credentials.merchantId} --person ${rita.email}`,
  );
  const wanted = await command(paymentId, 'refund', 1_000, made.text.trim());
  expect(wanted).toMatchObject({ httpStatus: 202, status: 'HELD' });
  const before = await refundedAtProvider(paymentId);

  const toReject = await reviewOf(unwanted.commandId, 'pending', 'payment_command');
  expect(toReject).toMatchObject({ kind: 'financial_review', requester: `merchant:${credentials.merchantId}` });
  expect((await decide(toReject, 'approved', undefined, credentials.approvalsApiKey)).body.code).toBe(
    'REVIEWER_REQUIRED',
  );
  expect((await decide(toReject, 'approved', rita.email)).body.code).toBe('REVIEWER_INVOLVED');
  expect(await decide(toReject, 'rejected', otto.email)).toMatchObject({ status: 200 });
  const toApprove = await reviewOf(wanted.commandId, 'pending', 'payment_command');
  expect((await decide(toApprove, 'approved', rita.email)).body.code).toBe('SELF_APPROVAL');
  expect(await decide(toApprove, 'approved', otto.email)).toMatchObject({ status: 200 });

  await eventually(async () => {
    expect(await commandState(wanted.commandId)).toMatchObject({ status: 'DONE', hold: { verdict: 'approved' } });
    expect(await commandState(unwanted.commandId)).toMatchObject({ status: 'REFUSED', reason: 'approval-rejected' });
    const reviews = [wanted, unwanted].map(({ commandId }) => reviewOf(commandId, undefined, 'payment_command'));
    expect((await Promise.all(reviews)).map(({ tollgate }) => tollgate.effect)).toEqual(['applied', 'applied']);
    const { body } = await stack.ask<PaymentAnswer>('ledger', `/v1/payments/${paymentId}`);
    expect(body.refunded?.amountMinor).toBe(String(before + 1_000));
  });
  expect(await refundedAtProvider(paymentId)).toBe(before + 1_000);
}, 60_000);

it('every invariant holds', async () => {
  expect(await checkInvariants(stack, { accepted: told })).toEqual([]);
}, 90_000);
