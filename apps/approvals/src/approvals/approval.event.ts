import {
  ApprovalChanged,
  type ApprovalChangedData,
  AttemptDecided,
  event,
  type OutgoingEvent,
} from '@tollgate/contracts';
import type { ApprovalStep } from './approval.types.ts';

/** What goes out with a step: the step itself and, where it decides an attempt, the Decision. */
export function toStepEvents(step: ApprovalStep): OutgoingEvent[] {
  const { approval, decided } = step;
  const cause = { source: '/tollgate/approvals', id: approval.id, ordinal: approval.sequence };
  const trace = approval.traceparent === null ? {} : { traceparent: approval.traceparent };
  const changed = event({
    definition: ApprovalChanged,
    data: toApprovalChanged(step),
    subject: approval.id,
    cause,
    ...trace,
  });
  if (decided === undefined) {
    return [changed];
  }
  return [
    changed,
    event({ definition: AttemptDecided, data: decided, subject: decided.paymentAttemptId, cause, ...trace }),
  ];
}

/** The step as other services hear of it. */
export function toApprovalChanged({ approval, change, actor, at }: ApprovalStep): ApprovalChangedData {
  return withoutAbsent({
    merchantId: approval.merchantId,
    approvalId: approval.id,
    resourceType: approval.resourceType,
    resourceId: approval.resourceId,
    kind: approval.kind,
    change,
    sequence: approval.sequence,
    at: at.toISOString(),
    actor,
    decision: approval.decision,
    effect: approval.effect,
    reviewer: approval.reviewer ?? undefined,
    orderId: approval.orderId ?? undefined,
    amountMinor: approval.amountMinor ?? undefined,
    currency: approval.currency ?? undefined,
    dataSnapshotHash: approval.dataSnapshotHash,
    holdDigest: approval.holdDigest ?? undefined,
    expiresAt: approval.expiresAt?.toISOString(),
    claimedBy: approval.claimedBy ?? undefined,
    claimedUntil: approval.claimedUntil?.toISOString(),
    votesRequired: approval.votesRequired,
    votesGiven: approval.votes.filter(({ decision }) => decision === 'approved').length,
  });
}

/** The step as the log keeps it. */
export function toAuditRow({
  approval,
  change,
  actor,
  at,
  vote,
  decided,
  keyId,
}: ApprovalStep): Record<string, unknown> {
  return {
    approval_id: approval.id,
    sequence: approval.sequence,
    merchant_id: approval.merchantId,
    resource_type: approval.resourceType,
    resource_id: approval.resourceId,
    at,
    change,
    actor,
    decision: approval.decision,
    effect: approval.effect,
    facts: {
      requester: approval.requester,
      reviewer: approval.reviewer,
      note: approval.note,
      dataSnapshotHash: approval.dataSnapshotHash,
      expiresAt: approval.expiresAt,
      effectReason: approval.effectReason,
      claimedUntil: approval.claimedUntil,
      votesRequired: approval.votesRequired,
      vote: vote ?? null,
      keyId: keyId ?? null,
      decided: decided === undefined ? null : { decision: decided.decision, reason: decided.reason },
    },
  };
}

function withoutAbsent(data: { [Key in keyof ApprovalChangedData]: ApprovalChangedData[Key] | undefined }) {
  return Object.fromEntries(
    Object.entries(data).filter(([, value]) => value !== undefined),
  ) as unknown as ApprovalChangedData;
}
