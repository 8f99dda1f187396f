import { toStep } from '../approvals/approval.states.ts';
import { type Approval, type ApprovalStep, RISK } from '../approvals/approval.types.ts';

/**
 * What a later REVIEW of the same attempt does to its approval: another snapshot is shown from then on, on which nobody
 * has voted yet. How many have to approve was settled at the opening, and so was the time.
 * @returns undefined where it is no news: the same content again, or what was found out earlier than what is shown
 */
export function refreshReview(approval: Approval, newest: Approval, now: Date): ApprovalStep | undefined {
  const { dataSnapshot, dataSnapshotHash, snapshotAt, involved, reason } = newest;
  if (
    approval.decision !== 'pending' ||
    dataSnapshotHash === approval.dataSnapshotHash ||
    snapshotAt <= approval.snapshotAt
  ) {
    return undefined;
  }
  const refreshed = { ...approval, dataSnapshot, dataSnapshotHash, snapshotAt, involved, reason, votes: [] };
  return toStep(refreshed, 'refreshed', RISK, now);
}
