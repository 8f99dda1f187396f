import type { ApprovalAnswer, ApprovalListAnswer, ApprovalProblem } from '@tollgate/contracts';
import { eventually, sampleId } from '@tollgate/testing';
import type { Accepted, Checkout, Random, Stack } from '@tollgate/testing';

/** What an attempt's reviewers race with, beside each other. */
export type Rival = 'another reviewer' | 'the deadline' | 'a newer attempt' | 'the buyer';

/** One decision that was sent, and how it was answered. */
export interface DecisionAnswer {
  readonly decision: 'approved' | 'rejected';
  readonly actor: string;
  /** `200`, or the code of the refusal. */
  readonly result: string;
}

/** An attempt that two decisions raced for. */
export interface Race {
  readonly rival: Rival;
  readonly attemptId: string;
  readonly approvalId: string;
  /** Who may have no say in it, by the name with which they try; null where everybody may. */
  readonly barred: string | null;
  readonly answers: readonly DecisionAnswer[];
  readonly accepted: readonly Accepted[];
}

const RIVALS: readonly Rival[] = [
  'another reviewer',
  'another reviewer',
  'the deadline',
  'a newer attempt',
  'the buyer',
];
/** Decisions that race the deadline are sent within this time before or after it. Milliseconds. */
const DEADLINE_JITTER_MS = 120;
const SHOWN_WITHIN_MS = 60_000;

/** Opens reviews, some at a time, and has two decisions race for each. */
export async function raceReviews(
  stack: Stack,
  { random, attempts, inHandMax }: { random: Random; attempts: number; inHandMax: number },
): Promise<Race[]> {
  const plans = Array.from({ length: attempts }, () => ({
    rival: random.pick(RIVALS),
    jitterMs: random.integer(-DEADLINE_JITTER_MS, DEADLINE_JITTER_MS),
    decisions: [
      random.pick(['approved', 'rejected'] as const),
      random.pick(['approved', 'rejected'] as const),
    ] as const,
  }));
  const races: Race[] = [];
  for (let begun = 0; begun < plans.length; begun += inHandMax) {
    races.push(...(await Promise.all(plans.slice(begun, begun + inHandMax).map((plan) => race(stack, plan)))));
  }
  return races;
}

async function race(
  stack: Stack,
  plan: { rival: Rival; jitterMs: number; decisions: readonly ['approved' | 'rejected', 'approved' | 'rejected'] },
): Promise<Race> {
  const { shop, credentials } = stack;
  const [rita, otto] = credentials.reviewers.map(({ email }) => email) as [string, string];
  const order = { orderId: sampleId('order'), customerId: sampleId('sample-review') };
  const checkout = await shop.beginCheckout(order);
  if (plan.rival === 'the buyer') {
    // A reviewer who shops: to the shop they are a customer like others, with the address by which they sign in.
    checkout.body.order['emailAddress'] = otto;
  }
  const told = follow(stack, checkout);
  const approval = await findReview(stack, checkout.paymentAttemptId);
  const newer: Promise<Accepted>[] = [];
  if (plan.rival === 'the deadline') {
    await eventually(
      () => {
        const leftMs = Date.parse(approval.tollgate.expiresAt ?? '') - Date.now();
        if (leftMs > plan.jitterMs) throw new Error('it is not time yet');
      },
      { timeoutMs: SHOWN_WITHIN_MS, intervalMs: 5 },
    );
  }
  if (plan.rival === 'a newer attempt') {
    newer.push(replace(stack, checkout, order));
  }
  const answers = await Promise.all([
    decide(stack, approval, { decision: plan.decisions[0], actor: rita }),
    // Of what is theirs nobody asks for a rejection.
    decide(stack, approval, { decision: plan.rival === 'the buyer' ? 'approved' : plan.decisions[1], actor: otto }),
  ]);
  return {
    rival: plan.rival,
    attemptId: checkout.paymentAttemptId,
    approvalId: approval.id,
    barred: plan.rival === 'the buyer' ? otto : null,
    answers,
    accepted: await Promise.all([told, ...newer]),
  };
}

/** Posts the checkout and waits for what the shop is told. */
async function follow(stack: Stack, checkout: Checkout): Promise<Accepted> {
  const answer = await stack.shop.post(checkout, { waitSeconds: 60 });
  const { paymentAttemptId: attemptId } = checkout;
  return answer.status === 200 ? { attemptId, toldOutcome: answer.body.status } : { attemptId };
}

/** The shopper takes another card in the same session: nobody reviews it, and the deadline ends it. */
async function replace(
  stack: Stack,
  older: Checkout,
  order: { orderId: string; customerId: string },
): Promise<Accepted> {
  const { clientSessionId } = older.body;
  return follow(stack, await stack.shop.beginCheckout({ ...order, clientSessionId }));
}

function findReview(stack: Stack, attemptId: string): Promise<ApprovalAnswer> {
  return eventually(
    async () => {
      const { body } = await stack.ask<ApprovalListAnswer>('approvals', `/v0/approvals?resourceId=${attemptId}`);
      const [approval] = body.data;
      if (approval === undefined) throw new Error(`${attemptId} has no review`);
      return approval;
    },
    { timeoutMs: SHOWN_WITHIN_MS, intervalMs: 50 },
  );
}

async function decide(
  stack: Stack,
  { id, dataSnapshotHash }: ApprovalAnswer,
  { decision, actor }: Pick<DecisionAnswer, 'decision' | 'actor'>,
): Promise<DecisionAnswer> {
  const { status, body } = await stack.ask<ApprovalAnswer & ApprovalProblem>('approvals', `/v0/approvals/${id}`, {
    method: 'PATCH',
    token: stack.credentials.platformApiKey,
    body: { decision, actorId: actor, dataSnapshotHash },
  });
  return { decision, actor, result: status === 200 ? '200' : body.code };
}
