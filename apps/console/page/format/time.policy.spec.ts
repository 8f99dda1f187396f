import { describe, expect, it } from '@jest/globals';
import { formatDuration, formatOffset, formatTimeLeft, speakTimeLeft } from './time.policy.ts';

describe('time left', () => {
  it.each([
    [75_000, '1:15', '1 minute 15 seconds'],
    [9_001, '0:10', '10 seconds'],
    [60_000, '1:00', '1 minute'],
    [1, '0:01', '1 second'],
    [0, '0:00', '0 seconds'],
    [-5_000, '0:00', '0 seconds'],
  ])('%i ms are %s, said as %s: nothing is left at 0:00 and not before', (leftMs, shown, spoken) => {
    expect([formatTimeLeft(leftMs), speakTimeLeft(leftMs)]).toEqual([shown, spoken]);
  });
});

it('an offset tells which of two moments was first', () => {
  const started = '2026-11-21T09:00:00.000Z';
  expect(formatOffset('2026-11-21T09:00:01.250Z', started)).toBe('+1.250 s');
  expect(formatOffset('2026-11-21T08:59:59.988Z', started)).toBe('−0.012 s');
});

it('a duration has the unit that it can be read in', () => {
  expect([formatDuration(0.0123), formatDuration(1.25)]).toEqual(['12 ms', '1.25 s']);
});
