import { describe, expect, it } from '@jest/globals';
import { toElapsedMs } from './stopwatch.policy.ts';

describe('time since a reading', () => {
  it('is the longer of what the two clocks say, so that a sleeping machine is not taken for a short pause', () => {
    expect(toElapsedMs({ monotonicMs: 0, wallMs: 0 }, { monotonicMs: 10, wallMs: 3_600_000 })).toBe(3_600_000);
  });

  it('does not shrink when the wall clock is set back', () => {
    expect(toElapsedMs({ monotonicMs: 0, wallMs: 3_600_000 }, { monotonicMs: 10, wallMs: 0 })).toBe(10);
  });
});
