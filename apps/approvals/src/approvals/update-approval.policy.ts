import { KnownError, SERVICE_PREFIX, type UpdateApprovalInput } from '@tollgate/contracts';
import { ended, expire, isOver, toStep } from './approval.states.ts';
import type { Approval, ApprovalStep, Vote } from './approval.types.ts';
import type { Caller } from './caller.types.ts';
import { toLateAbort, toReviewerDecision } from './reviewer-decision.policy.ts';

/** What a request comes to: a step that is written, and a refusal that is answered; a late approve has both. */
export interface UpdateVerdict {
  readonly step?: ApprovalStep;
  readonly refusal?: KnownError;
}

export interface UpdateSurroundings {
  /** By the database's clock, once the approval is locked. */
  readonly now: Date;
  readonly claimMs: number;
  /** Whether the merchant has an amount approved by the deadline itself: then silence is no abort. */
  readonly deadlineMayApprove: boolean;
}

/**
 * What becomes of an approval that somebody decides, recalls or claims. Pure. The order of the checks is part of the
 * contract: the state first (409), then the person (403), then what they were shown (400 or 409).
 */
export function updateApproval(
  approval: Approval,
  input: UpdateApprovalInput,
  caller: Caller,
  surroundings: UpdateSurroundings,
): UpdateVerdict {
  try {
    if (input.decision === undefined) {
      return claimOrRelease(approval, input.claim === true, caller, surroundings);
    }
    return input.decision === 'cancelled'
      ? { step: cancel(approval, input, caller, surroundings.now) }
      : decide(approval, { ...input, decision: input.decision }, caller, surroundings);
  } catch (error) {
    if (error instanceof KnownError && error.code === 'APPROVAL_EXPIRED') {
      return { refusal: error, ...toLateStep(approval, input, caller, surroundings) };
    }
    throw error;
  }
}

function decide(
  approval: Approval,
  input: UpdateApprovalInput & { decision: Vote['decision'] },
  caller: Caller,
  { now }: UpdateSurroundings,
): UpdateVerdict {
  assertPending(approval, now);
  assertMayReview(approval, caller);
  assertFresh(approval, input.dataSnapshotHash);
  const { decision } = input;
  // A claim keeps others from deciding the same beside one another, not from saying no.
  if (decision === 'approved') {
    assertNotClaimedByOther(approval, caller, now);
  }
  assertHasNotVoted(approval, caller);
  const vote: Vote = { voter: caller.party, reviewer: caller.name, decision, note: input.note ?? null, at: now };
  const votes = [...approval.votes, vote];
  const given = votes.filter((each) => each.decision === 'approved').length;
  if (decision === 'approved' && given < approval.votesRequired) {
    return { step: toStep(ended({ ...approval, votes }), 'voted', caller.name, now, { vote }) };
  }
  const decided = ended({
    ...approval,
    votes,
    decision,
    reviewer: caller.name,
    note: input.note === undefined ? approval.note : input.note,
    decidedAt: now,
  });
  const announced = toReviewerDecision(decided, decision, caller.party, now);
  return { step: toStep(decided, 'decided', caller.name, now, { vote, ...announced }) };
}

/** Recalls what is pending, or reopens what was approved and has had no effect yet. */
function cancel(approval: Approval, input: UpdateApprovalInput, caller: Caller, now: Date): ApprovalStep {
  const reopens = approval.decision === 'approved' && isFree(approval) && approval.effect === 'none';
  if (!reopens) {
    assertPending(approval, now);
  }
  if (!mayRecall(approval, caller) && !(reopens && approval.reviewer === caller.name)) {
    throw new KnownError('MAKER_REQUIRED');
  }
  const cancelled = ended({
    ...approval,
    decision: 'cancelled',
    note: input.note === undefined ? approval.note : input.note,
    decidedAt: now,
    effect: 'void',
    effectReason: reopens ? 'reopened' : 'recalled',
  });
  return toStep(cancelled, reopens ? 'reopened' : 'recalled', caller.name, now);
}

/**
 * Whoever asked may take it back; of orders and invoices the platform and the merchant may, too. Of an attempt or a
 * command a name that the platform gives is nobody's word, and what a machine of ours has asked for nobody takes back.
 */
function mayRecall(approval: Approval, caller: Caller): boolean {
  if (isFree(approval)) {
    return isMaker(approval, caller) || caller.isPlatform || caller.merchantId !== undefined;
  }
  const makers = approval.makers.filter((maker) => !maker.startsWith(SERVICE_PREFIX));
  return (caller.isPerson || !caller.isPlatform) && isMaker({ ...approval, makers }, caller);
}

function claimOrRelease(
  approval: Approval,
  claims: boolean,
  caller: Caller,
  { now, claimMs }: UpdateSurroundings,
): UpdateVerdict {
  assertPending(approval, now);
  assertMayReview(approval, caller);
  assertNotClaimedByOther(approval, caller, now);
  if (claims) {
    assertHasNotVoted(approval, caller);
    if (isClaimed(approval, now)) {
      // Theirs already: asked for again it does not begin anew.
      return {};
    }
    const untilMs = Math.min(now.getTime() + claimMs, approval.expiresAt?.getTime() ?? Infinity);
    const claimed = {
      ...approval,
      claimedBy: caller.name,
      claimedParty: caller.party,
      claimedUntil: new Date(untilMs),
    };
    return { step: toStep(claimed, 'claimed', caller.name, now) };
  }
  return approval.claimedParty === null ? {} : { step: toStep(ended(approval), 'released', caller.name, now) };
}

/**
 * What is written when somebody comes too late. An approve of an attempt is said to be late, once, and becomes an ABORT:
 * its shopper has seen a failure, or soon will.
 */
function toLateStep(
  approval: Approval,
  { decision }: UpdateApprovalInput,
  caller: Caller,
  { now, deadlineMayApprove }: UpdateSurroundings,
): Pick<UpdateVerdict, 'step'> {
  const mayReview = caller.isReviewer && !isMaker(approval, caller) && !isInvolved(approval, caller);
  const isLateApprove = approval.attempt !== null && decision === 'approved' && mayReview;
  const isUntold = approval.effect === 'none' || (approval.effect === 'void' && approval.effectReason === 'expired');
  if (isLateApprove && isUntold) {
    const refused = ended({
      ...approval,
      decision: 'cancelled',
      decidedAt: approval.decidedAt ?? now,
      effect: 'refused_late',
      effectReason: 'decided-late',
    });
    const abort = deadlineMayApprove ? {} : toLateAbort(refused, caller.party, now);
    return { step: toStep(refused, 'refused-late', caller.name, now, abort) };
  }
  return isOver(approval, now) ? { step: expire(approval, now) } : {};
}

/** @throws KnownError APPROVAL_EXPIRED, APPROVAL_NOT_PENDING */
function assertPending(approval: Approval, now: Date): void {
  const { decision, effect, effectReason, expiresAt } = approval;
  const expired = effect === 'refused_late' || (effect === 'void' && effectReason === 'expired');
  if (isOver(approval, now) || (decision === 'cancelled' && expired)) {
    throw new KnownError('APPROVAL_EXPIRED', {
      detail: `The time to decide was over at ${expiresAt?.toISOString()}: nothing is approved after it`,
      facts: { reason: 'decided-late', expiresAt },
    });
  }
  if (decision !== 'pending') {
    throw new KnownError('APPROVAL_NOT_PENDING', { facts: { decision, effect, effectReason } });
  }
}

/** @throws KnownError REVIEWER_REQUIRED, SELF_APPROVAL, REVIEWER_INVOLVED */
function assertMayReview(approval: Approval, caller: Caller): void {
  if (!isFree(approval) && !caller.isReviewer) {
    throw new KnownError('REVIEWER_REQUIRED');
  }
  if (isMaker(approval, caller)) {
    throw new KnownError('SELF_APPROVAL');
  }
  if (isInvolved(approval, caller)) {
    throw new KnownError('REVIEWER_INVOLVED');
  }
}

/** @throws KnownError VALIDATION_FAILED where the hash is needed and missing, APPROVAL_STALE with the hash of now */
function assertFresh({ resourceType, dataSnapshotHash }: Approval, shown: string | undefined): void {
  if (shown === undefined && resourceType !== 'order' && resourceType !== 'invoice') {
    const errors = [
      { path: 'dataSnapshotHash', message: `needed to decide a ${resourceType}: the hash of what was shown` },
    ];
    throw new KnownError('VALIDATION_FAILED', { facts: { errors } });
  }
  if (shown !== undefined && shown !== dataSnapshotHash) {
    throw new KnownError('APPROVAL_STALE', { facts: { dataSnapshotHash } });
  }
}

/** @throws KnownError APPROVAL_CLAIMED */
function assertNotClaimedByOther(approval: Approval, caller: Caller, now: Date): void {
  const { claimedParty, claimedBy, claimedUntil } = approval;
  if (isClaimed(approval, now) && claimedParty !== caller.party) {
    throw new KnownError('APPROVAL_CLAIMED', { facts: { claimedBy, claimedUntil } });
  }
}

function isClaimed({ claimedParty, claimedUntil }: Approval, now: Date): boolean {
  return claimedParty !== null && claimedUntil !== null && claimedUntil > now;
}

/** @throws KnownError APPROVAL_VOTED: whoever has had their say leaves it to the others */
function assertHasNotVoted({ votes, votesRequired }: Approval, caller: Caller): void {
  if (votes.some(({ voter }) => voter === caller.party)) {
    throw new KnownError('APPROVAL_VOTED', { facts: { votesRequired } });
  }
}

/** Orders and invoices: no Decision goes out, and who decides is the merchant's own affair. */
function isFree({ resourceType }: Approval): boolean {
  return resourceType === 'order' || resourceType === 'invoice';
}

function isMaker({ makers }: Approval, { aliases }: Caller): boolean {
  return makers.some((maker) => aliases.includes(maker));
}

function isInvolved({ involved }: Approval, { aliases }: Caller): boolean {
  return involved.some((name) => aliases.includes(name));
}
