import { describe, expect, it } from '@jest/globals';
import { approvalExample, type ApprovalAnswer } from '@tollgate/contracts';
import { sortByUrgency, timeLeftMs, urgencyOf } from './queue.policy.ts';

function approvalOf(id: string, leftMs: number | null, createdAt = approvalExample.createdAt): ApprovalAnswer {
  return { ...approvalExample, id, createdAt, tollgate: { ...approvalExample.tollgate, timeLeftMs: leftMs } };
}

describe('the queue', () => {
  it('begins with what has the least time left, and ends with what has all the time, oldest first', () => {
    const queue = [
      approvalOf('young', null, '2026-11-21T09:00:02.000Z'),
      approvalOf('calm', 60_000),
      approvalOf('old', null, '2026-11-21T09:00:01.000Z'),
      approvalOf('urgent', 2_000),
    ];
    expect(sortByUrgency(queue).map(({ id }) => id)).toEqual(['urgent', 'calm', 'old', 'young']);
  });

  it('counts down from what the server said was left, whatever time it is here', () => {
    expect(timeLeftMs(approvalOf('a', 10_000), 500, 3_500)).toBe(7_000);
    expect(timeLeftMs(approvalOf('a', 10_000), 500, 60_000)).toBe(0);
    expect(timeLeftMs(approvalOf('a', 10_000), 500, 400)).toBe(10_000);
    expect(timeLeftMs(approvalOf('a', null), 500, 3_500)).toBeUndefined();
  });

  it('looks more urgent the less is left, and over only when nothing is', () => {
    expect([undefined, 31_000, 30_000, 10_000, 1, 0].map((left) => urgencyOf(left))).toEqual([
      'calm',
      'calm',
      'soon',
      'now',
      'now',
      'over',
    ]);
  });
});
