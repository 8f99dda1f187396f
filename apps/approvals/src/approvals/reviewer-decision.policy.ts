import type { AttemptDecidedData } from '@tollgate/contracts';
import type { Approval } from './approval.types.ts';

/** The Decision that commits with a reviewer's word on an attempt; none for other resources. */
export function toReviewerDecision(
  approval: Approval,
  decision: 'approved' | 'rejected',
  decidedBy: string,
  decidedAt: Date,
): { decided?: AttemptDecidedData } {
  const approves = decision === 'approved';
  return toDecided(approval, {
    decision: approves ? 'APPROVE' : 'ABORT',
    reason: approves ? 'reviewer-approved' : 'reviewer-rejected',
    decidedAt: decidedAt.toISOString(),
    decidedBy,
  });
}

/** What a reviewer's approve becomes when it is too late: loses against whatever was decided in time. */
export function toLateAbort(approval: Approval, decidedBy: string, decidedAt: Date): { decided?: AttemptDecidedData } {
  return toDecided(approval, {
    decision: 'ABORT',
    reason: 'decided-late',
    decidedAt: decidedAt.toISOString(),
    decidedBy,
  });
}

function toDecided(
  { merchantId, resourceId, attempt }: Approval,
  said: Pick<AttemptDecidedData, 'decision' | 'reason' | 'decidedAt' | 'decidedBy'>,
): { decided?: AttemptDecidedData } {
  if (attempt === null) {
    return {};
  }
  const { clientSessionId, order, analyticsId, clocks } = attempt;
  return {
    decided: {
      merchantId,
      paymentAttemptId: resourceId,
      clientSessionId,
      ...said,
      source: 'reviewer',
      order,
      ...(analyticsId === undefined ? {} : { analyticsId }),
      clocks,
    },
  };
}
