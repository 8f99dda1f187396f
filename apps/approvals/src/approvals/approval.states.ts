import type { ApprovalChange, ApprovalEffect } from '@tollgate/contracts';
import { type Approval, type ApprovalStep, CLOCK } from './approval.types.ts';

/** True of what is pending although its time is over. */
export function isOver(approval: Approval, now: Date): boolean {
  return approval.decision === 'pending' && approval.expiresAt !== null && approval.expiresAt <= now;
}

/** What an approval is once its time is over: nobody has decided, and nobody can any more. */
export function toExpired(approval: Approval, now: Date): Approval {
  return toVoid(approval, 'expired', approval.expiresAt ?? now);
}

/** What a pending approval is once it cannot be decided any more. `reason` says why. */
export function toVoid(approval: Approval, reason: string, at: Date): Approval {
  return ended({ ...approval, decision: 'cancelled', effect: 'void', effectReason: reason, decidedAt: at });
}

/** The step by which an approval ends because its time is over. */
export function expire(approval: Approval, now: Date): ApprovalStep {
  return toStep({ ...toExpired(approval, now), decidedAt: now }, 'expired', CLOCK, now);
}

/** Puts what an approval has become into a step, the next one of that approval. */
export function toStep(
  approval: Approval,
  change: ApprovalChange,
  actor: string,
  at: Date,
  more: Pick<ApprovalStep, 'vote' | 'decided'> = {},
): ApprovalStep {
  return { approval: { ...approval, sequence: approval.sequence + 1 }, change, actor, at, ...more };
}

/** Whoever had claimed it: an approval that is over is nobody's. */
export function ended(approval: Approval): Approval {
  return { ...approval, claimedBy: null, claimedParty: null, claimedUntil: null };
}

/** Effects that no later news changes. */
export const FINAL_EFFECTS: readonly ApprovalEffect[] = ['applied', 'superseded', 'refused_late', 'void'];
