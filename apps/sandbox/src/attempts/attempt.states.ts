/** Primer's approval statuses of a payment attempt, as its browser SDK types them. */
export const ATTEMPT_APPROVAL_STATUSES = ['REQUIRES_APPROVAL', 'APPROVED', 'ABORTED', 'EXPIRED'] as const;
export type AttemptApprovalStatus = (typeof ATTEMPT_APPROVAL_STATUSES)[number];

/** The legal moves; a status without any is terminal. */
export const ATTEMPT_TRANSITIONS: Readonly<Record<AttemptApprovalStatus, readonly AttemptApprovalStatus[]>> = {
  REQUIRES_APPROVAL: ['APPROVED', 'ABORTED', 'EXPIRED'],
  APPROVED: [],
  ABORTED: [],
  EXPIRED: [],
};

export function isTerminal(status: AttemptApprovalStatus): boolean {
  return ATTEMPT_TRANSITIONS[status].length === 0;
}

/**
 * The status at a moment. Expiry is never written down: it follows from the clock, so no timer can miss it and a
 * restart needs no catching up. The instant `expiresAt` itself is already too late.
 */
export function approvalStatusAt(
  attempt: { readonly recordedStatus: AttemptApprovalStatus; readonly expiresAtMicros: number },
  nowMicros: number,
): AttemptApprovalStatus {
  const expires = !isTerminal(attempt.recordedStatus) && nowMicros >= attempt.expiresAtMicros;
  return expires ? 'EXPIRED' : attempt.recordedStatus;
}
