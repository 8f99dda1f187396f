import type { Approval, ReviewedAttempt, Vote } from './approval.types.ts';
import type { ApprovalColumn } from './sql/approval-columns.sql.ts';

/** A vote inside of the JSON of its approval. */
interface VoteJson {
  readonly voter: string;
  readonly reviewer: string;
  readonly decision: Vote['decision'];
  readonly note: string | null;
  readonly at: string;
}

/** A row of `approval` as the driver returns it. */
export interface ApprovalRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly resource_type: Approval['resourceType'];
  readonly resource_id: string;
  readonly kind: Approval['kind'];
  readonly decision: Approval['decision'];
  readonly requester: string;
  readonly makers: string[];
  readonly involved: string[];
  readonly reviewer: string | null;
  readonly note: string | null;
  readonly data_snapshot: Record<string, unknown> | null;
  readonly data_snapshot_hash: string;
  readonly snapshot_at: Date;
  readonly created_at: Date;
  readonly decided_at: Date | null;
  readonly expires_at: Date | null;
  readonly order_id: string | null;
  readonly amount_minor: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly votes_required: number;
  readonly effect: Approval['effect'];
  readonly effect_reason: string | null;
  readonly claimed_by: string | null;
  readonly claimed_party: string | null;
  readonly claimed_until: Date | null;
  readonly sequence: number;
  readonly attempt: ReviewedAttempt | null;
  readonly hold_digest: string | null;
  readonly traceparent: string | null;
  /** Only where the statement reads them along. */
  readonly votes?: readonly VoteJson[];
}

/** A row of `vote` as the driver returns it. */
export interface VoteRow {
  readonly approval_id: string;
  readonly voter: string;
  readonly reviewer: string;
  readonly decision: Vote['decision'];
  readonly note: string | null;
  readonly voted_at: Date;
}

export function toVote({ voter, reviewer, decision, note, voted_at }: VoteRow): Vote {
  return { voter, reviewer, decision, note, at: voted_at };
}

export function toApproval(row: ApprovalRow, votes: ReadonlyArray<Vote | VoteJson>): Approval {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    kind: row.kind,
    decision: row.decision,
    requester: row.requester,
    makers: row.makers,
    involved: row.involved,
    reviewer: row.reviewer,
    note: row.note,
    dataSnapshot: row.data_snapshot,
    dataSnapshotHash: row.data_snapshot_hash,
    snapshotAt: row.snapshot_at,
    createdAt: row.created_at,
    decidedAt: row.decided_at,
    expiresAt: row.expires_at,
    orderId: row.order_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    reason: row.reason,
    votesRequired: row.votes_required,
    votes: votes.map((vote) => ({ ...vote, at: new Date(vote.at) })),
    effect: row.effect,
    effectReason: row.effect_reason,
    claimedBy: row.claimed_by,
    claimedParty: row.claimed_party,
    claimedUntil: row.claimed_until,
    sequence: row.sequence,
    attempt: row.attempt,
    holdDigest: row.hold_digest,
    traceparent: row.traceparent,
  };
}

/** The row as a statement is given it, in JSON. */
export function toRow(approval: Approval): Record<ApprovalColumn, unknown> {
  return {
    id: approval.id,
    merchant_id: approval.merchantId,
    resource_type: approval.resourceType,
    resource_id: approval.resourceId,
    kind: approval.kind,
    decision: approval.decision,
    requester: approval.requester,
    makers: approval.makers,
    involved: approval.involved,
    reviewer: approval.reviewer,
    note: approval.note,
    data_snapshot: approval.dataSnapshot,
    data_snapshot_hash: approval.dataSnapshotHash,
    snapshot_at: approval.snapshotAt,
    created_at: approval.createdAt,
    decided_at: approval.decidedAt,
    expires_at: approval.expiresAt,
    order_id: approval.orderId,
    amount_minor: approval.amountMinor,
    currency: approval.currency,
    reason: approval.reason,
    votes_required: approval.votesRequired,
    effect: approval.effect,
    effect_reason: approval.effectReason,
    claimed_by: approval.claimedBy,
    claimed_party: approval.claimedParty,
    claimed_until: approval.claimedUntil,
    sequence: approval.sequence,
    attempt: approval.attempt,
    hold_digest: approval.holdDigest,
    traceparent: approval.traceparent,
  };
}
