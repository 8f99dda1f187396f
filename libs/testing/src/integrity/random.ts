import { createHash } from 'node:crypto';

/** Choices that look random and are the same for the same seed and name, on every machine. */
export interface Random {
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<T>(items: readonly T[]): T;
  /** True in this share of the calls, 0 to 1. */
  chance(share: number): boolean;
  /** The same items in another order; the given list stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * A stream of choices of its own for each name, so that what one test draws does not depend on which other tests ran
 * before it. Mulberry32: 32 bits of state are plenty for choosing faults, and a whole stream repeats from one number.
 */
export function seededRandom(seed: number, name: string): Random {
  let state = createHash('sha256').update(`${seed}:${name}`).digest().readUInt32BE();
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    integer,
    pick<T>(items: readonly T[]): T {
      if (items.length === 0) throw new RangeError('there is nothing to pick from');
      return items[integer(0, items.length - 1)] as T;
    },
    chance: (share) => next() < share,
    shuffle<T>(items: readonly T[]): T[] {
      const keyed = items.map((item) => ({ item, key: next() }));
      return keyed.toSorted((one, other) => one.key - other.key).map(({ item }) => item);
    },
  };
}
