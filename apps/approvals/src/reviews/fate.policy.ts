import { APPROVED_BY, type ApprovalEffect } from '@tollgate/contracts';
import { toStep, toVoid } from '../approvals/approval.states.ts';
import { type Approval, type ApprovalStep, GATEWAY } from '../approvals/approval.types.ts';
import type { AttemptEnd, AttemptFate, CommandEnd } from './fate.types.ts';

/** What an attempt's fate does to its review: ends what is pending, and says what a decision came to. */
export function applyFate(approval: Approval, fate: AttemptFate, now: Date): ApprovalStep | undefined {
  if (approval.decision === 'pending') {
    const end = fate.ended ?? fate.outcome;
    return end === null ? undefined : voided(approval, toVoidReason(fate, end), now);
  }
  if (approval.decision === 'cancelled') {
    // What nobody decided in time is void at once; only now it is known that it was approved all the same.
    const reason = toApprovedBy(fate);
    const isNews = reason !== undefined && reason !== approval.effectReason;
    return isNews ? settled(approval, approval.effect, reason, now) : undefined;
  }
  if (approval.effect !== 'none' || fate.outcome === null) {
    return undefined;
  }
  return settled(approval, toEffect(approval.decision, fate.outcome), fate.outcome.reason, now);
}

function toVoidReason(fate: AttemptFate, end: { readonly source: string; readonly reason: string }): string {
  return toApprovedBy(fate) ?? (end.source === 'deadline' ? 'expired' : end.reason);
}

/** Who approved the attempt in the reviewers' stead, as the reason of its review; undefined where nobody has. */
function toApprovedBy({ ended, outcome }: AttemptFate): string | undefined {
  if (outcome !== null) {
    return outcome.outcome === 'APPROVED' ? `${APPROVED_BY}${outcome.source}` : undefined;
  }
  return ended?.decision === 'APPROVE' ? `${APPROVED_BY}${ended.source}` : undefined;
}

/** The same for a payment command that waited. */
export function applyCommandEnd(approval: Approval, end: CommandEnd, now: Date): ApprovalStep | undefined {
  if (approval.decision === 'pending') {
    return voided(approval, end.reason === 'approval-expired' ? 'expired' : end.reason, now);
  }
  if (approval.effect !== 'none') {
    return undefined;
  }
  return settled(approval, toCommandEffect(approval.decision, end), end.reason, now);
}

/** Only a decision of the reviewer's that the gateway has carried out is applied; the page says nothing else of it. */
function toEffect(decision: Approval['decision'], { outcome, reason, source }: AttemptEnd): ApprovalEffect {
  if (source !== 'reviewer') {
    return 'superseded';
  }
  if (decision === 'approved') {
    return outcome === 'APPROVED' ? 'applied' : reason === 'decided-late' ? 'refused_late' : 'superseded';
  }
  return outcome === 'APPROVED' ? 'superseded' : 'applied';
}

/** Of an approved command only DONE is applied: what was refused all the same has come to nothing. */
function toCommandEffect(decision: Approval['decision'], { outcome, reason }: CommandEnd): ApprovalEffect {
  if ((decision === 'approved') === (outcome === 'DONE')) {
    return 'applied';
  }
  if (decision === 'rejected') {
    return 'superseded';
  }
  return reason === 'approval-expired' ? 'refused_late' : 'void';
}

function voided(approval: Approval, reason: string, now: Date): ApprovalStep {
  return toStep(toVoid(approval, reason, now), 'voided', GATEWAY, now);
}

function settled(approval: Approval, effect: ApprovalEffect, reason: string, now: Date): ApprovalStep {
  return toStep({ ...approval, effect, effectReason: reason }, 'effect', GATEWAY, now);
}
