import { describe, expect, it } from '@jest/globals';
import { attemptReview, NOW } from '../../test/approval-samples.ts';
import { applyCommandEnd, applyFate } from './fate.policy.ts';
import type { AttemptEnd, AttemptFate } from './fate.types.ts';

const fate = (parts: Partial<AttemptFate>): AttemptFate => ({
  merchantId: 'shop',
  attemptId: 'attempt',
  ended: null,
  outcome: null,
  ...parts,
});
const ENDED = { decision: 'ABORT', source: 'merchant', reason: 'superseded' };
const approvedByReviewer: AttemptEnd = { outcome: 'APPROVED', reason: 'reviewer-approved', source: 'reviewer' };
const abortedByDeadline: AttemptEnd = { outcome: 'ABORTED', reason: 'deadline-passed', source: 'deadline' };

const APPROVED_AT_DEADLINE = { decision: 'APPROVE', source: 'deadline', reason: 'deadline-passed' };
const approvedByDeadline: AttemptEnd = { outcome: 'APPROVED', reason: 'deadline-passed', source: 'deadline' };

describe('what somebody else has ended', () => {
  it.each([
    ['a newer attempt', { ended: ENDED }, 'superseded'],
    ['the deadline', { ended: { decision: 'ABORT', source: 'deadline', reason: 'deadline-passed' } }, 'expired'],
    [
      'a deadline, as earlier versions kept it',
      { ended: { source: 'deadline', reason: 'deadline-passed' } },
      'expired',
    ],
    ['a deadline that approves', { ended: APPROVED_AT_DEADLINE }, 'approved-by-deadline'],
    [
      'a deadline whose approve came to nothing',
      { ended: APPROVED_AT_DEADLINE, outcome: abortedByDeadline },
      'expired',
    ],
    ['an outcome of which the decision was not heard', { outcome: abortedByDeadline }, 'expired'],
  ])('voids its pending review: %s', (_who, news, reason) => {
    expect(applyFate(attemptReview(), fate(news), NOW)).toMatchObject({
      change: 'voided',
      approval: { decision: 'cancelled', effect: 'void', effectReason: reason, reviewer: null },
    });
  });

  it.each([
    ['void', 'expired'],
    ['refused_late', 'decided-late'],
    ['void', 'superseded'],
  ] as const)('is told, once, to have been approved all the same after it was %s, %s', (effect, effectReason) => {
    const over = attemptReview({ decision: 'cancelled', decidedAt: NOW, effect, effectReason });
    const told = applyFate(over, fate({ outcome: approvedByDeadline }), NOW);
    expect(told).toMatchObject({
      change: 'effect',
      approval: { decision: 'cancelled', effect, effectReason: 'approved-by-deadline' },
    });
    expect(applyFate(told!.approval, fate({ ended: ENDED, outcome: approvedByDeadline }), NOW)).toBeUndefined();
    expect(applyFate(over, fate({ ended: ENDED, outcome: abortedByDeadline }), NOW)).toBeUndefined();
  });

  it('changes nothing of a decision until the gateway has said which of the two it carried out', () => {
    expect(applyFate(attemptReview({ decision: 'approved' }), fate({ ended: ENDED }), NOW)).toBeUndefined();
  });
});

describe('the effect of a decision', () => {
  const late: AttemptEnd = { outcome: 'ABORTED', reason: 'decided-late', source: 'reviewer' };
  const paidAlready: AttemptEnd = { outcome: 'ABORTED', reason: 'order-already-paid', source: 'reviewer' };
  const abortedByReviewer: AttemptEnd = { outcome: 'ABORTED', reason: 'reviewer-rejected', source: 'reviewer' };
  it.each([
    ['approved', approvedByReviewer, 'applied'],
    ['approved', abortedByDeadline, 'superseded'],
    ['approved', late, 'refused_late'],
    ['approved', paidAlready, 'superseded'],
    ['rejected', abortedByReviewer, 'applied'],
    ['rejected', abortedByDeadline, 'superseded'],
  ] as const)('of %s is said by its outcome %j: %s', (decision, outcome, effect) => {
    const decided = attemptReview({ decision, decidedAt: NOW });
    expect(applyFate(decided, fate({ outcome }), NOW)?.approval).toMatchObject({ effect, decision });
  });

  it('is said once', () => {
    const applied = attemptReview({ decision: 'approved', effect: 'applied' });
    expect(applyFate(applied, fate({ outcome: abortedByDeadline }), NOW)).toBeUndefined();
  });
});

describe('a command that waited', () => {
  const command = attemptReview({ resourceType: 'payment_command', attempt: null });
  const end = (outcome: string, reason: string) => ({ merchantId: 'shop', commandId: 'c', outcome, reason });

  it('tells what its decision came to', () => {
    const effectOf = (decision: 'approved' | 'rejected', outcome: string) =>
      applyCommandEnd({ ...command, decision }, end(outcome, 'as-requested'), NOW)?.approval.effect;
    expect(effectOf('approved', 'DONE')).toBe('applied');
    expect(effectOf('approved', 'REFUSED')).toBe('void');
    expect(effectOf('rejected', 'REFUSED')).toBe('applied');
  });

  it('ends its review with itself', () => {
    expect(applyCommandEnd(command, end('REFUSED', 'approval-expired'), NOW)).toMatchObject({
      approval: { decision: 'cancelled', effect: 'void', effectReason: 'expired' },
    });
  });
});
