import type { ApprovalAnswer } from '@tollgate/contracts';

/** An answer of the server, and when it came, by a clock of this page that never jumps. */
export interface Timed<Body> {
  readonly body: Body;
  readonly receivedAtMs: number;
}

/**
 * What is left to decide an approval, by the server's clock when it answered and the time that has passed here since.
 * The two clocks are never compared: a computer whose time is wrong shows the right countdown.
 * @returns undefined when the approval does not expire
 */
export function timeLeftMs(approval: ApprovalAnswer, receivedAtMs: number, nowMs: number): number | undefined {
  const { timeLeftMs: leftAtAnswer } = approval.tollgate;
  return leftAtAnswer === null ? undefined : Math.max(0, leftAtAnswer - Math.max(0, nowMs - receivedAtMs));
}

/** The most urgent first; what does not expire comes last, the oldest first. */
export function sortByUrgency(approvals: readonly ApprovalAnswer[]): ApprovalAnswer[] {
  return approvals.toSorted((one, other) => {
    const [left, right] = [one.tollgate.timeLeftMs ?? Infinity, other.tollgate.timeLeftMs ?? Infinity];
    // Not subtracted: Infinity minus itself is no number.
    if (left !== right) return left < right ? -1 : 1;
    return one.createdAt.localeCompare(other.createdAt);
  });
}

/** How urgent a countdown looks. */
export function urgencyOf(leftMs: number | undefined): 'calm' | 'soon' | 'now' | 'over' {
  if (leftMs === undefined || leftMs > 30_000) return 'calm';
  if (leftMs <= 0) return 'over';
  return leftMs > 10_000 ? 'soon' : 'now';
}
