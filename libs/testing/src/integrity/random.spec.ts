import { describe, expect, it } from '@jest/globals';

import { seededRandom } from './random.ts';

const drawTen = (seed: number, name: string): number[] => {
  const random = seededRandom(seed, name);
  return Array.from({ length: 10 }, () => random.integer(0, 1_000_000));
};

describe('seededRandom', () => {
  it('repeats its choices for the same seed and name', () => {
    expect(drawTen(7, 'kills')).toEqual(drawTen(7, 'kills'));
  });

  it('chooses otherwise for another seed and for another name', () => {
    expect(drawTen(8, 'kills')).not.toEqual(drawTen(7, 'kills'));
    expect(drawTen(7, 'pauses')).not.toEqual(drawTen(7, 'kills'));
  });

  it('draws whole numbers up to both ends, and each of them', () => {
    const random = seededRandom(1, 'dice');
    const drawn = new Set(Array.from({ length: 500 }, () => random.integer(1, 6)));
    expect(drawn).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  });

  it('says yes in about the share of the cases that is asked for', () => {
    const random = seededRandom(2, 'share');
    const yes = Array.from({ length: 10_000 }, () => random.chance(0.3)).filter(Boolean).length;
    expect(yes / 10_000).toBeCloseTo(0.3, 1);
  });

  it('shuffles into another order with the same items, and leaves the list alone', () => {
    const items = Object.freeze([1, 2, 3, 4, 5, 6, 7, 8]);
    const shuffled = seededRandom(3, 'order').shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled).toHaveLength(items.length);
    expect(new Set(shuffled)).toEqual(new Set(items));
  });

  it('picks one of the items, and none from nothing', () => {
    const random = seededRandom(4, 'pick');
    expect(['a', 'b']).toContain(random.pick(['a', 'b']));
    expect(() => random.pick([])).toThrow(RangeError);
  });
});
