import type { MerchantSettings } from '@tollgate/persistence';
import type { Attempt } from '../attempts/attempt.types.ts';
import type { OwnDecision } from '../attempts/own-decision.policy.ts';

/** What is announced about a decided attempt whose outcome stays away: an abort, which loses against what came first. */
export function decideUnanswered(now: Date): OwnDecision {
  return { decision: 'ABORT', source: 'deadline', reason: 'deadline-passed', decidedAt: now, cause: 'no-outcome' };
}

/**
 * What becomes of an attempt that nobody has decided by its deadline: ABORT, for silence never approves; unless its
 * merchant approves amounts up to a cap, and an approve call may still start.
 * @param settings undefined when there is no such merchant (any more)
 * @param now by the database's clock
 */
export function decideOverdue(
  attempt: Pick<Attempt, 'amountMinor' | 'currency' | 'clocks'>,
  settings: MerchantSettings | undefined,
  now: Date,
): OwnDecision {
  const cap = settings?.deadlineApproveMaxMinor[attempt.currency];
  const mayApprove =
    cap !== undefined &&
    BigInt(attempt.amountMinor) <= BigInt(cap) &&
    now.getTime() < Date.parse(attempt.clocks.approveBy);
  return {
    decision: mayApprove ? 'APPROVE' : 'ABORT',
    source: 'deadline',
    reason: 'deadline-passed',
    decidedAt: now,
    cause: 'deadline',
  };
}
