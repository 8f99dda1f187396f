import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { attemptReview, merchantKey, NOW, orderApproval, PLATFORM, reviewer } from '../../test/approval-samples.ts';
import type { Approval } from './approval.types.ts';
import type { Caller } from './caller.types.ts';
import { updateApproval } from './update-approval.policy.ts';

const SURROUNDINGS = { now: NOW, claimMs: 30_000, deadlineMayApprove: false };
const LATE = { ...SURROUNDINGS, now: new Date('2026-11-21T12:01:15.000Z') };
const APPROVE = { decision: 'approved', dataSnapshotHash: 'shown' } as const;
const REJECT = { decision: 'rejected', dataSnapshotHash: 'shown' } as const;
const CANCEL = { decision: 'cancelled' } as const;

function codeOf(approval: Approval, input: Parameters<typeof updateApproval>[1], caller: Caller, at = SURROUNDINGS) {
  try {
    return updateApproval(approval, input, caller, at).refusal?.code ?? 'allowed';
  } catch (error) {
    return error instanceof KnownError ? error.code : String(error);
  }
}

describe('a decision on an attempt', () => {
  it('takes the approval and carries the Decision of the gate with it', () => {
    const approval = attemptReview();
    const { step } = updateApproval(approval, { ...APPROVE, note: 'known customer' }, reviewer(), SURROUNDINGS);
    expect(step).toMatchObject({
      change: 'decided',
      approval: {
        decision: 'approved',
        reviewer: 'rita@example.com',
        note: 'known customer',
        decidedAt: NOW,
        sequence: 2,
        effect: 'none',
      },
      decided: {
        decision: 'APPROVE',
        source: 'reviewer',
        reason: 'reviewer-approved',
        paymentAttemptId: approval.resourceId,
        order: { orderId: 'order-1' },
      },
    });
    expect(updateApproval(approval, REJECT, reviewer(), SURROUNDINGS).step?.decided).toMatchObject({
      decision: 'ABORT',
      reason: 'reviewer-rejected',
    });
  });

  it.each(['approved', 'rejected', 'cancelled'] as const)(
    'is refused for its state before anybody asks who decides, once it is %s',
    (decision) => {
      const over = attemptReview({ decision, decidedAt: NOW, effect: decision === 'cancelled' ? 'void' : 'none' });
      for (const input of [APPROVE, REJECT, CANCEL]) {
        expect(codeOf(over, input, merchantKey('another'))).toBe('APPROVAL_NOT_PENDING');
        expect(codeOf(over, { ...input, dataSnapshotHash: 'stale' }, reviewer())).toBe('APPROVAL_NOT_PENDING');
      }
    },
  );

  it('is for reviewers who have no part in it and were shown what there is', () => {
    expect(codeOf(attemptReview(), APPROVE, merchantKey())).toBe('REVIEWER_REQUIRED');
    expect(codeOf(attemptReview(), APPROVE, PLATFORM)).toBe('REVIEWER_REQUIRED');
    expect(codeOf(attemptReview({ makers: ['rita@example.com'] }), APPROVE, reviewer())).toBe('SELF_APPROVAL');
    expect(codeOf(attemptReview({ involved: ['rita@example.com'] }), APPROVE, reviewer())).toBe('REVIEWER_INVOLVED');
    expect(codeOf(attemptReview(), { decision: 'approved' }, reviewer())).toBe('VALIDATION_FAILED');
    expect(codeOf(attemptReview(), { ...APPROVE, dataSnapshotHash: 'seen before' }, reviewer())).toBe('APPROVAL_STALE');
  });

  it('is said with the hash of now when it is stale', () => {
    const stale = () =>
      updateApproval(attemptReview(), { ...APPROVE, dataSnapshotHash: 'old' }, reviewer(), SURROUNDINGS);
    expect(stale).toThrow(expect.objectContaining({ facts: { dataSnapshotHash: 'shown' } }));
  });

  it('comes too late at the very instant of the deadline: refused, said why, and an ABORT', () => {
    const { step, refusal } = updateApproval(attemptReview(), APPROVE, reviewer(), LATE);
    expect(refusal).toMatchObject({ code: 'APPROVAL_EXPIRED', facts: { reason: 'decided-late' } });
    expect(step).toMatchObject({
      change: 'refused-late',
      approval: { decision: 'cancelled', effect: 'refused_late', reviewer: null },
      decided: { decision: 'ABORT', reason: 'decided-late' },
    });
  });

  it('is told to be late once: after that it is only refused', () => {
    const expired = attemptReview({ decision: 'cancelled', effect: 'void', effectReason: 'expired', decidedAt: NOW });
    const first = updateApproval(expired, APPROVE, reviewer(), LATE);
    expect(first.step?.approval.effect).toBe('refused_late');
    const second = updateApproval(first.step!.approval, APPROVE, reviewer(), LATE);
    expect(second).toMatchObject({ refusal: { code: 'APPROVAL_EXPIRED' } });
    expect(second.step).toBeUndefined();
  });

  it('aborts nothing late in the place of somebody who could not have approved, or where the deadline may approve', () => {
    expect(updateApproval(attemptReview(), APPROVE, merchantKey(), LATE).step).toMatchObject({ change: 'expired' });
    expect(updateApproval(attemptReview(), REJECT, reviewer(), LATE).step).toMatchObject({ change: 'expired' });
    const mayApprove = { ...LATE, deadlineMayApprove: true };
    expect(updateApproval(attemptReview(), APPROVE, reviewer(), mayApprove).step?.decided).toBeUndefined();
  });
});

describe('a quorum', () => {
  const twoOfThem = attemptReview({ votesRequired: 2 });

  it('is reached by as many people as it asks for, and by nobody twice', () => {
    const first = updateApproval(twoOfThem, APPROVE, reviewer(), SURROUNDINGS).step!;
    expect(first).toMatchObject({ change: 'voted', approval: { decision: 'pending', reviewer: null } });
    expect(first.decided).toBeUndefined();
    expect(codeOf(first.approval, APPROVE, reviewer())).toBe('APPROVAL_VOTED');
    const second = updateApproval(first.approval, APPROVE, reviewer('otto@example.com'), SURROUNDINGS).step!;
    expect(second).toMatchObject({
      change: 'decided',
      approval: { decision: 'approved', reviewer: 'otto@example.com' },
      decided: { decision: 'APPROVE' },
    });
  });

  it('is over with one reject', () => {
    const first = updateApproval(twoOfThem, APPROVE, reviewer(), SURROUNDINGS).step!;
    const rejected = updateApproval(first.approval, REJECT, reviewer('otto@example.com'), SURROUNDINGS).step!;
    expect(rejected).toMatchObject({ approval: { decision: 'rejected' }, decided: { decision: 'ABORT' } });
  });
});

describe('a claim', () => {
  it('is for those who have yet to decide, and does not begin anew while it runs', () => {
    const claimed = updateApproval(attemptReview(), { claim: true }, reviewer(), SURROUNDINGS).step!.approval;
    const again = { ...SURROUNDINGS, now: new Date(NOW.getTime() + 20_000) };
    expect(updateApproval(claimed, { claim: true }, reviewer(), again)).toEqual({});
    const voted = updateApproval(attemptReview({ votesRequired: 2 }), APPROVE, reviewer(), SURROUNDINGS).step!.approval;
    expect(codeOf(voted, { claim: true }, reviewer())).toBe('APPROVAL_VOTED');
    expect(codeOf(voted, { claim: true }, reviewer('otto@example.com'))).toBe('allowed');
  });

  it('keeps others from deciding until it runs out, never beyond the deadline', () => {
    const claimed = updateApproval(attemptReview(), { claim: true }, reviewer(), SURROUNDINGS).step!.approval;
    expect(claimed.claimedUntil).toEqual(new Date('2026-11-21T12:00:40.000Z'));
    const otto = reviewer('otto@example.com');
    expect(codeOf(claimed, APPROVE, otto)).toBe('APPROVAL_CLAIMED');
    expect(codeOf(claimed, { claim: true }, otto)).toBe('APPROVAL_CLAIMED');
    expect(codeOf(claimed, { claim: false }, otto)).toBe('APPROVAL_CLAIMED');
    expect(codeOf(claimed, REJECT, otto)).toBe('allowed');
    expect(codeOf(claimed, APPROVE, reviewer())).toBe('allowed');
    const later = { ...SURROUNDINGS, now: new Date('2026-11-21T12:00:40.000Z') };
    expect(codeOf(claimed, APPROVE, otto, later)).toBe('allowed');
    const long = { ...SURROUNDINGS, claimMs: 600_000 };
    expect(updateApproval(attemptReview(), { claim: true }, reviewer(), long).step!.approval.claimedUntil).toEqual(
      LATE.now,
    );
  });

  it('is given back by whoever has it', () => {
    const claimed = updateApproval(attemptReview(), { claim: true }, reviewer(), SURROUNDINGS).step!.approval;
    const released = updateApproval(claimed, { claim: false }, reviewer(), SURROUNDINGS).step!;
    expect(released).toMatchObject({ change: 'released', approval: { claimedBy: null } });
  });
});

describe('an order', () => {
  it('is approved by anybody but its maker', () => {
    expect(codeOf(orderApproval(), { decision: 'approved' }, merchantKey())).toBe('SELF_APPROVAL');
    expect(codeOf(orderApproval(), { decision: 'rejected' }, merchantKey())).toBe('SELF_APPROVAL');
    const { step } = updateApproval(orderApproval(), { decision: 'approved' }, PLATFORM, SURROUNDINGS);
    expect(step).toMatchObject({ change: 'decided', approval: { decision: 'approved', reviewer: 'platform' } });
    expect(step?.decided).toBeUndefined();
  });

  it('is recalled by its maker, and reopened as long as nothing came of it', () => {
    expect(updateApproval(orderApproval(), CANCEL, merchantKey(), SURROUNDINGS).step).toMatchObject({
      change: 'recalled',
      approval: { decision: 'cancelled', effect: 'void' },
    });
    const approved = orderApproval({ decision: 'approved', decidedAt: NOW, reviewer: 'platform' });
    expect(updateApproval(approved, CANCEL, merchantKey(), SURROUNDINGS).step).toMatchObject({
      change: 'reopened',
      approval: { decision: 'cancelled' },
    });
    expect(codeOf({ ...approved, effect: 'applied' }, CANCEL, merchantKey())).toBe('APPROVAL_NOT_PENDING');
    expect(codeOf(orderApproval({ decision: 'rejected', decidedAt: NOW }), CANCEL, merchantKey())).toBe(
      'APPROVAL_NOT_PENDING',
    );
  });

  it('keeps its note unless the decision brings another, or none', () => {
    const noted = orderApproval({ note: 'please' });
    const noteAfter = (note?: string | null) =>
      updateApproval(noted, { decision: 'approved', ...(note === undefined ? {} : { note }) }, PLATFORM, SURROUNDINGS)
        .step?.approval.note;
    expect([noteAfter(), noteAfter('fine'), noteAfter(null)]).toEqual(['please', 'fine', null]);
  });
});

describe('an attempt or a command', () => {
  it('is recalled by whoever asked for it, and by nobody where that was a machine', () => {
    const command = attemptReview({ resourceType: 'payment_command', attempt: null, makers: ['merchant:shop'] });
    expect(codeOf(command, CANCEL, merchantKey())).toBe('allowed');
    for (const caller of [reviewer(), PLATFORM, merchantKey()]) {
      expect(codeOf(attemptReview(), CANCEL, caller)).toBe('MAKER_REQUIRED');
    }
  });

  it('is recalled by nobody under a name that the platform only gives, whoever that name is', () => {
    const command = attemptReview({ resourceType: 'payment_command', attempt: null, makers: ['rita@example.com'] });
    const named = (name: string): Caller => ({ ...PLATFORM, name, party: `user:${name}`, aliases: [name] });
    expect(codeOf(attemptReview(), CANCEL, named('service:risk'))).toBe('MAKER_REQUIRED');
    expect(codeOf(attemptReview(), CANCEL, { ...named('service:risk'), isPerson: true })).toBe('MAKER_REQUIRED');
    expect(codeOf(command, CANCEL, named('rita@example.com'))).toBe('MAKER_REQUIRED');
    expect(codeOf(command, CANCEL, { ...named('rita@example.com'), isPerson: true })).toBe('allowed');
  });

  it('is not reopened once it was approved: its decision is on its way', () => {
    const approved = attemptReview({ decision: 'approved', decidedAt: NOW });
    expect(codeOf(approved, CANCEL, PLATFORM)).toBe('APPROVAL_NOT_PENDING');
  });
});
