import { describe, expect, it } from '@jest/globals';
import { type Behind, type ConsumerLook, StallDetector } from './stall-detector.ts';

const START_MS = 1_800_000_000_000;

/** Looks every five seconds at what a consumer shows; returns how long it was said to stall at each look. Seconds. */
function looks(count: number, show: (nth: number) => Partial<ConsumerLook>): number[] {
  const detector = new StallDetector();
  return Array.from({ length: count }, (_, nth) => {
    const nowMs = START_MS + nth * 5_000;
    return detector.look({ nowMs, behind: [], inHand: new Map(), backingOff: new Set(), ...show(nth) }) / 1_000;
  });
}

const behind = (place: string, position: number, lag = 1): Behind => ({
  place,
  position: BigInt(position),
  lag: BigInt(lag),
});

describe('a consumer', () => {
  it('stalls when nothing of what lies there is handled', () => {
    expect(looks(4, () => ({ behind: [behind('a/0', 7), behind('a/1', 3)] }))).toEqual([0, 5, 10, 15]);
  });

  it('stalls when one partition stands still while the others flow', () => {
    expect(looks(4, (nth) => ({ behind: [behind('a/0', 7), behind('a/1', 3 + nth)] }))).toEqual([0, 5, 10, 15]);
  });

  it('does not stall while every partition moves on, or has nothing left', () => {
    expect(looks(3, (nth) => ({ behind: [behind('a/0', 7 + nth)] }))).toEqual([0, 0, 0]);
    expect(looks(3, (nth) => ({ behind: nth === 1 ? [] : [behind('a/0', 7)] }))).toEqual([0, 0, 0]);
  });

  it.each<[string, Partial<ConsumerLook>]>([
    ['has the record in hand', { inHand: new Map([['a/0', START_MS + 999_999]]) }],
    ['pauses after a failure', { backingOff: new Set(['a/0']) }],
    [
      'handles something else for long, which the next fetch waits for',
      { inHand: new Map([['a/1', START_MS - 5_000]]) },
    ],
  ])('does not stall while it %s', (_why, look) => {
    expect(looks(3, () => ({ behind: [behind('a/0', 7)], ...look }))).toEqual([0, 0, 0]);
  });

  it('does not stall because a short batch of another partition is in hand whenever it is looked at', () => {
    const short = (nth: number) => new Map([['a/1', START_MS + nth * 5_000 - 10]]);
    expect(looks(3, (nth) => ({ behind: [behind('a/0', 7)], inHand: short(nth) }))).toEqual([0, 5, 10]);
  });

  it('does not stall because the last partitions of a backlog wait for the first ones', () => {
    const backlog = (nth: number) => [behind('a/0', 7, 100_000), behind('a/1', 500 * nth, 100_000)];
    expect(looks(3, (nth) => ({ behind: backlog(nth) }))).toEqual([0, 0, 0]);
    expect(looks(3, () => ({ behind: backlog(0) }))).toEqual([0, 5, 10]);
  });
});
