import { describe, expect, it } from '@jest/globals';
import { APPROVED_BY, approvalExample, type ApprovalAnswer } from '@tollgate/contracts';
import { toVerdict } from './verdict.policy.ts';

type Ending = Pick<ApprovalAnswer, 'decision'> & {
  effect?: ApprovalAnswer['tollgate']['effect'];
  reason?: string;
  resourceType?: ApprovalAnswer['resourceType'];
};

function say(
  { decision, effect = 'none', reason, resourceType = 'payment_attempt' }: Ending,
  leftMs?: number,
): string | undefined {
  const approval: ApprovalAnswer = {
    ...approvalExample,
    decision,
    resourceType,
    reviewer: 'ada@example.com',
    tollgate: { ...approvalExample.tollgate, effect, effectReason: reason ?? null },
  };
  const verdict = toVerdict(approval, leftMs);
  return verdict === undefined ? undefined : `${verdict.headline}. ${verdict.text}`;
}

describe('what the page says of an approval', () => {
  it('says nothing while it can be decided', () => {
    expect(say({ decision: 'pending' }, 1)).toBeUndefined();
    expect(say({ decision: 'pending' })).toBeUndefined();
  });

  it('says that time is over as soon as it is, and not what will come of it', () => {
    expect(say({ decision: 'pending' }, 0)).toMatch(/^Time is over.*nobody can any more/);
  });

  it('never says that an approval took effect before it did', () => {
    expect(say({ decision: 'approved' })).toContain('has not taken effect yet');
    expect(say({ decision: 'approved', effect: 'applied' })).toBe('Approved by ada@example.com. It took effect.');
    for (const effect of ['superseded', 'refused_late', 'void'] as const) {
      expect(say({ decision: 'approved', effect })).not.toContain('took effect');
    }
  });

  it('says that a late approval charged nothing', () => {
    expect(say({ decision: 'approved', effect: 'refused_late' })).toContain('nothing was charged');
  });

  it('says that what was recalled or void was never approved', () => {
    expect(say({ decision: 'cancelled', effect: 'void' })).toContain('Nothing was approved');
  });

  it('never says that nothing was approved of what a deadline may approve, or has', () => {
    for (const reason of ['expired', 'decided-late']) {
      expect(say({ decision: 'cancelled', effect: 'void', reason })).toMatch(/No reviewer approved it; .*its deadline/);
    }
    const approved = say({ decision: 'cancelled', effect: 'void', reason: `${APPROVED_BY}deadline` });
    expect(approved).toContain('it was approved all the same, by the deadline');
    const command = {
      decision: 'cancelled',
      effect: 'void',
      reason: 'expired',
      resourceType: 'payment_command',
    } as const;
    expect(say(command)).toContain('Nothing was approved');
  });
});
