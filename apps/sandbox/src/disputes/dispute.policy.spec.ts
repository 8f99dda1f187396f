import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { moveDispute } from './dispute.policy.ts';
import { DISPUTE_STATUSES, DISPUTE_TRANSITIONS, DISPUTE_TYPES, type DisputeStatus } from './dispute.states.ts';
import type { Dispute } from './dispute.types.ts';

const OPEN = { type: 'DISPUTE', status: 'OPEN', challengeRequiredByMicros: 5 } as Dispute;

describe('a dispute', () => {
  it.each<[DisputeStatus, DisputeStatus, boolean]>([
    ['OPEN', 'CHALLENGED', true],
    ['OPEN', 'EXPIRED', true],
    ['CHALLENGED', 'WON', true],
    ['CHALLENGED', 'EXPIRED', false],
    ['LOST', 'WON', false],
    ['WON', 'OPEN', false],
  ])('may move from %s to %s: %s', (status, to, isLegal) => {
    expect(moveDispute({ ...OPEN, status }, { status: to }, 7) !== undefined).toBe(isLegal);
  });

  it('opens anew in its next stage once it has ended', () => {
    const lost: Dispute = { ...OPEN, status: 'LOST' };
    expect(moveDispute(lost, { type: 'PREARBITRATION', status: 'OPEN' }, 7)).toMatchObject({
      type: 'PREARBITRATION',
      status: 'OPEN',
      receivedAtMicros: 7,
    });
    expect(moveDispute(OPEN, { type: 'PREARBITRATION', status: 'OPEN' }, 7)).toBeUndefined();
  });

  it('has a day until which it may be challenged only while it is open, whatever happens to it', () => {
    const move = fc.record({ type: fc.constantFrom(...DISPUTE_TYPES), status: fc.constantFrom(...DISPUTE_STATUSES) });
    fc.assert(
      fc.property(fc.array(move), (moves) => {
        let dispute = OPEN;
        for (const [index, to] of moves.entries()) dispute = moveDispute(dispute, to, index) ?? dispute;
        expect(dispute.challengeRequiredByMicros !== undefined).toBe(dispute.status === 'OPEN');
      }),
    );
  });

  it('can always end', () => {
    for (const status of DISPUTE_STATUSES) {
      const next = DISPUTE_TRANSITIONS[status];
      expect(next.length === 0 || next.some((to) => DISPUTE_TRANSITIONS[to].length === 0)).toBe(true);
    }
  });
});
