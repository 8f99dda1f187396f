import { describe, expect, it } from '@jest/globals';

import { restartPauseMs } from './restart.policy.ts';

describe('the pause before a dead service is started again', () => {
  it.each([
    ['the first death', [0], 0],
    ['the second within a minute', [0, 10_000], 0],
    ['the third within a minute', [0, 10_000, 20_000], 1_000],
    ['the fourth within a minute', [0, 10_000, 20_000, 30_000], 2_000],
    ['the third, a minute and more after the first', [0, 10_000, 61_000], 0],
  ])('%s: %j → %d ms', (_, deathsAtMs, pauseMs) => {
    expect(restartPauseMs(deathsAtMs)).toBe(pauseMs);
  });

  it('never grows over half a minute', () => {
    expect(restartPauseMs(Array.from({ length: 50 }, (_, index) => index))).toBe(30_000);
  });
});
