import type { ApprovalAnswer, Principal } from '@tollgate/contracts';
import { isOver, toExpired } from './approval.states.ts';
import type { Approval, FoundApproval } from './approval.types.ts';

/** What a reader may see: what the rules saw of an attempt, and why they left it open, is for those who read risk. */
export interface Readership {
  readonly seesRules: boolean;
}

export function toReadership({ scopes }: Principal): Readership {
  return { seesRules: scopes.includes('risk:read') };
}

/** The approval as its readers see it: one whose time is over is never shown as pending. */
export function toApprovalAnswer({ approval: stored, now }: FoundApproval, { seesRules }: Readership): ApprovalAnswer {
  const ended = isOver(stored, now) ? toExpired(stored, now) : stored;
  const approval = seesRules ? ended : withoutRules(ended);
  return {
    id: approval.id,
    object: 'approval',
    merchantId: approval.merchantId,
    resourceType: approval.resourceType,
    resourceId: approval.resourceId,
    kind: approval.kind,
    decision: approval.decision,
    requester: approval.requester,
    reviewer: approval.reviewer,
    note: approval.note,
    dataSnapshotHash: approval.dataSnapshotHash,
    decidedAt: toText(approval.decidedAt),
    createdAt: approval.createdAt.toISOString(),
    tollgate: {
      orderId: approval.orderId,
      amount: toAmount(approval),
      reason: approval.reason,
      dataSnapshot: approval.dataSnapshot,
      expiresAt: toText(approval.expiresAt),
      timeLeftMs: approval.expiresAt === null ? null : Math.max(0, approval.expiresAt.getTime() - now.getTime()),
      claim: toClaim(approval, now),
      quorum: {
        required: approval.votesRequired,
        given: approval.votes.filter(({ decision }) => decision === 'approved').length,
      },
      votes: approval.votes.map(({ reviewer, decision, note, at }) => ({
        reviewer,
        decision,
        note,
        at: at.toISOString(),
      })),
      effect: approval.effect,
      effectReason: approval.effectReason,
      sequence: approval.sequence,
    },
  };
}

/** The hash stays that of the whole. */
function withoutRules(approval: Approval): Approval {
  const { resourceType, dataSnapshot } = approval;
  if (resourceType !== 'payment_attempt') {
    return approval;
  }
  const shown = dataSnapshot === null ? null : { ...dataSnapshot, reason: null, rules: null, features: {} };
  return { ...approval, reason: null, dataSnapshot: shown };
}

function toAmount({ amountMinor, currency }: Approval): ApprovalAnswer['tollgate']['amount'] {
  return amountMinor === null || currency === null ? null : { amountMinor, currency };
}

function toClaim({ decision, claimedBy, claimedUntil }: Approval, now: Date): ApprovalAnswer['tollgate']['claim'] {
  return decision !== 'pending' || claimedBy === null || claimedUntil === null || claimedUntil <= now
    ? null
    : { by: claimedBy, until: claimedUntil.toISOString() };
}

function toText(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
