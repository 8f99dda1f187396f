import { outcomesByAttempt } from './records.ts';
import type { KnownAttempt, Violation, World } from './world.types.ts';

const OUTCOMES = new Set(['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED']);

/** I1: every attempt that intake accepted exists once and reaches one outcome, or waits for a person in time. */
export function violationsOfAttempts(world: World): Violation[] {
  const concluded = outcomesByAttempt(world);
  const copies = countBy(world.attempts, ({ attemptId }) => attemptId);
  const known = new Map(world.attempts.map((attempt) => [attempt.attemptId, attempt]));
  return world.accepted.flatMap(({ attemptId, toldOutcome }) => {
    const attempt = known.get(attemptId);
    if (attempt === undefined) return [lost(attemptId, 'was accepted and is not known')];
    const outcomes = concluded.get(attemptId) ?? [];
    const problems = [
      ...((copies.get(attemptId) ?? 0) > 1 ? ['exists more than once'] : []),
      ...(outcomes.length > 1 ? [`has ${outcomes.length} outcomes: ${outcomes.join(', ')}`] : []),
      ...problemsOfStatus(attempt, outcomes[0]),
      ...(toldOutcome !== undefined && toldOutcome !== attempt.status
        ? [`is ${attempt.status}, but the shop was told ${toldOutcome}`]
        : []),
    ];
    return problems.map((problem) => lost(attemptId, problem));
  });
}

function problemsOfStatus({ status, decideBy }: KnownAttempt, outcome: string | undefined): string[] {
  if (OUTCOMES.has(status))
    return outcome === status ? [] : [`is ${status}, but its outcome is ${outcome ?? 'not there'}`];
  if (status === 'IN_REVIEW' && Date.parse(decideBy) > Date.now()) return [];
  return [`is still ${status}`];
}

function lost(subject: string, problem: string): Violation {
  return { invariant: 'I1', subject, problem };
}

/** I4: at the provider, at most one payment per attempt, none without an APPROVE, none after an abort was answered 200. */
export function violationsOfProvider({ provider, actions }: World): Violation[] {
  const approved = new Map(
    actions.filter(({ decision }) => decision === 'APPROVE').map((each) => [each.attemptId, each]),
  );
  const aborted = new Set(provider.abortedAttempts);
  const copies = countBy(provider.payments, ({ attemptId }) => attemptId ?? '');
  const ofAttempts = provider.payments.flatMap(({ paymentId, attemptId }) => {
    if (attemptId === undefined) return [];
    const action = approved.get(attemptId);
    return [
      ...((copies.get(attemptId) ?? 0) > 1 ? [`attempt ${attemptId} has more than one payment`] : []),
      ...(action === undefined ? [`was made without an APPROVE of attempt ${attemptId}`] : []),
      ...(aborted.has(attemptId) ? [`was made although the abort of attempt ${attemptId} was answered 200`] : []),
      ...(action !== undefined && action.paymentId !== paymentId
        ? [`is not the one that the gate knows for attempt ${attemptId}: ${action.paymentId ?? 'none'}`]
        : []),
    ].map((problem): Violation => ({ invariant: 'I4', subject: paymentId, problem }));
  });
  const made = new Set(provider.payments.map(({ paymentId }) => paymentId));
  const imagined = actions
    .filter(({ paymentId }) => paymentId !== undefined && !made.has(paymentId))
    .map(({ attemptId, paymentId }): Violation => {
      return {
        invariant: 'I4',
        subject: attemptId,
        problem: `the gate names payment ${paymentId}, which does not exist`,
      };
    });
  return [...ofAttempts, ...imagined];
}

/** A payment in another status holds the customer's money, or may come to. */
const WITHOUT_A_CHARGE = new Set(['DECLINED', 'FAILED', 'CANCELLED']);

/** I4, of orders: two attempts of one order do not both end in a charge. */
export function violationsOfOrders({ provider }: World): Violation[] {
  const charges = provider.payments.filter(
    (each) => each.attemptId !== undefined && !WITHOUT_A_CHARGE.has(each.status),
  );
  return [...Map.groupBy(charges, ({ orderId }) => orderId)]
    .filter(([, ofOrder]) => ofOrder.length > 1)
    .map(([orderId, ofOrder]): Violation => {
      const payments = ofOrder.map(({ paymentId }) => paymentId).join(', ');
      return {
        invariant: 'I4',
        subject: orderId,
        problem: `the order was charged ${ofOrder.length} times: ${payments}`,
      };
    });
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
