import { expect, it } from '@jest/globals';
import type { ApprovalAnswer, ApprovalListAnswer, ApprovalProblem } from '@tollgate/contracts';
import { APPS_WITH_REVIEW, checkInvariants, eventually, sampleId, startStack } from '@tollgate/testing';

const stack = await startStack(import.meta.url, { running: APPS_WITH_REVIEW });
const { shop, credentials } = stack;
/** What a shop can give its reviewers less than the installation does. */
const SHORT_SECONDS = 3;
const [rita, otto] = credentials.reviewers;
const told: { attemptId: string; toldOutcome: string | undefined }[] = [];

/** A checkout of the kind that the shipped rules show to a person, posted and waiting for its outcome. */
async function checkOut(decideWithinSeconds?: number) {
  const { paymentAttemptId: attemptId, body } = await shop.beginCheckout({ customerId: sampleId('sample-review') });
  const checkout = { paymentAttemptId: attemptId, body: { ...body, decideWithinSeconds } };
  const outcome = shop.post(checkout, { waitSeconds: 40 }).then(({ body: posted }) => {
    told.push({ attemptId, toldOutcome: posted.status });
    return posted;
  });
  return { attemptId, outcome };
}

async function reviewOf(attemptId: string, decision?: string): Promise<ApprovalAnswer> {
  return eventually(
    async () => {
      const path = `/v0/approvals?resourceType=payment_attempt&resourceId=${attemptId}`;
      const { body } = await stack.ask<ApprovalListAnswer>('approvals', path);
      const [approval] = body.data;
      if (approval === undefined || (decision !== undefined && approval.decision !== decision)) {
        throw new Error(`${attemptId} has no such review: ${JSON.stringify(approval)}`);
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

it('every invariant holds', async () => {
  expect(await checkInvariants(stack, { accepted: told })).toEqual([]);
}, 90_000);
