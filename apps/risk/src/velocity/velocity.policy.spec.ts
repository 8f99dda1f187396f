import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type SealedBlock, unpackEntries } from './counted-entry.policy.ts';
import { SeenValues } from './seen-values.policy.ts';
import { Timeline } from './timeline.policy.ts';
import { velocityFeature } from './velocity-feature.policy.ts';
import {
  blockQueryKey,
  type CountedAttempt,
  type KnownSubject,
  measureBatch,
  seenKey,
  seenKeysOf,
  subjectsOf,
  toBlockQueries,
  toKeyedAttempts,
  type VelocityState,
  type VelocityValues,
} from './velocity.policy.ts';
import { VELOCITY_LIMITS } from './velocity.schema.ts';
import type { VelocityMeasurement } from './velocity.types.ts';

const WINDOW_SECONDS = 3;
const NOTHING = { approved: 0, aborted: 0, declined: 0, refunded: 0, disputed: 0, mismatched: [] };
const MEASUREMENTS: readonly VelocityMeasurement[] = [
  { by: 'customer', windowSeconds: WINDOW_SECONDS },
  { by: 'card', windowSeconds: 1 },
  { by: 'bin', windowSeconds: VELOCITY_LIMITS.windowSeconds },
  { by: 'customer', measure: 'sum', windowSeconds: WINDOW_SECONDS },
  { by: 'customer', measure: 'distinct', of: 'card', windowSeconds: WINDOW_SECONDS },
];

function attemptAt(atMs: number, overrides: Partial<CountedAttempt> = {}): CountedAttempt {
  const values = { customer: 'ann', card: null, email: null, ip: null, bin: null, device: null };
  return { merchantId: 'shop', atMs, amountMinor: 100n, currency: 'EUR', values, ...overrides };
}

/** The tables, kept in memory: rows come back packed and unpacked as the database would give them. */
class Tables {
  readonly #subjects = new Map<string, KnownSubject>();
  readonly #blocks: Array<SealedBlock & { key: string }> = [];
  readonly #seen = new Map<string, Buffer>();

  handle(attempts: readonly CountedAttempt[]): VelocityValues[] {
    const batch = toKeyedAttempts(attempts);
    const queries = toBlockQueries(MEASUREMENTS, subjectsOf(batch), this.#subjects);
    const state: VelocityState = {
      subjects: this.#subjects,
      seen: new Map(
        seenKeysOf(MEASUREMENTS, batch).map((key) => [seenKey(key), new SeenValues(this.#seen.get(seenKey(key)))]),
      ),
      blocks: new Map(
        queries.map((query) => [
          blockQueryKey(query),
          this.#blocks
            .filter(({ key, lastMs, firstMs }) => key === query.key && lastMs > query.fromMs && firstMs < query.toMs)
            .map((block) => {
              const isInside = block.firstMs > query.insideFromMs && block.lastMs < query.insideToMs;
              return isInside
                ? { ...block, edges: Buffer.alloc(0) }
                : { currency: block.currency, attempts: 0, amountMinor: 0n, edges: block.entries };
            })
            // One row for each currency, as the statement groups them.
            .reduce<Array<{ currency: string; attempts: number; amountMinor: bigint; edges: Buffer }>>((rows, next) => {
              const row = rows.find(({ currency }) => currency === next.currency);
              if (row === undefined) return [...rows, next];
              row.attempts += next.attempts;
              row.amountMinor += next.amountMinor;
              row.edges = Buffer.concat([row.edges, next.edges]);
              return rows;
            }, []),
        ]),
      ),
    };
    const { values, updates } = measureBatch(MEASUREMENTS, batch, state);
    for (const { key, firstSeenMs, sealed, recent, blocks } of updates) {
      this.#subjects.set(key, { firstSeenMs, sealed, recent: Buffer.from(recent), history: NOTHING });
      this.#blocks.push(...blocks.map((block) => ({ ...block, key })));
    }
    for (const [key, seen] of state.seen) this.#seen.set(key, seen.pack());
    return values;
  }

  get blocks(): number {
    return this.#blocks.length;
  }
}

/** What each measurement is by its definition, over everything handled before and the attempt itself. */
function measureOneByOne(attempts: readonly CountedAttempt[]): VelocityValues[] {
  return attempts.map((attempt, index) =>
    Object.fromEntries(
      MEASUREMENTS.map((measurement) => {
        const { by, of, measure, windowSeconds } = measurement;
        const feature = velocityFeature(measurement);
        if (attempt.values[by] === null) return [feature, null];
        const alike = attempts
          .slice(0, index + 1)
          .filter((other) => other.merchantId === attempt.merchantId && other.values[by] === attempt.values[by]);
        const isNear = (atMs: number) => Math.abs(atMs - attempt.atMs) < windowSeconds * 1000;
        const near = alike.filter(({ atMs }) => isNear(atMs));
        if (measure === 'sum') {
          const same = near.filter(({ currency }) => currency === attempt.currency);
          return [feature, same.reduce((sum, { amountMinor }) => sum + amountMinor, 0n).toString()];
        }
        if (of === undefined) return [feature, near.length];
        const sights = Map.groupBy(
          alike.filter(({ values }) => values[of] !== null),
          ({ values }) => values[of],
        );
        const seen = [...sights.values()].filter((ofValue) => {
          const times = ofValue.map(({ atMs }) => atMs);
          const [first, last] = [Math.min(...times), Math.max(...times)];
          return last > attempt.atMs - windowSeconds * 1000 && first < attempt.atMs + windowSeconds * 1000;
        });
        return [feature, seen.length];
      }),
    ),
  );
}

const anyAttempt = fc
  .record({
    // Around zero on purpose, and dense: edges are met to the millisecond.
    atMs: fc.integer({ min: -3_000, max: 9_000 }),
    amountMinor: fc.oneof(fc.bigInt({ min: 0n, max: 5n }), fc.constant(9_999_999_999_999_999_999n)),
    currency: fc.constantFrom('EUR', 'USD'),
    values: fc.record({
      customer: fc.option(fc.constantFrom('ann', 'bob')),
      card: fc.option(fc.constantFrom('visa', 'amex')),
      bin: fc.option(fc.constant('411111')),
      email: fc.constant(null),
      ip: fc.constant(null),
      device: fc.constant(null),
    }),
    merchantId: fc.constantFrom('shop', 'other'),
  })
  .map((attempt): CountedAttempt => attempt);

describe('measureBatch', () => {
  it('measures every attempt over those handled before that lie less than the window away, to the millisecond', () => {
    const anyBatches = fc.array(fc.array(anyAttempt, { minLength: 1, maxLength: 8 }), { maxLength: 8 });
    fc.assert(
      fc.property(anyBatches, (batches) => {
        const tables = new Tables();
        const measured = batches.flatMap((batch) => tables.handle(batch));
        expect(measured).toEqual(measureOneByOne(batches.flat()));
      }),
    );
  });

  it('is as exact over the blocks of those who are seen often, in any order of time', () => {
    const anyBatches = fc.array(fc.array(anyAttempt, { minLength: 20, maxLength: 120 }), {
      minLength: 4,
      maxLength: 8,
    });
    fc.assert(
      fc.property(anyBatches, (batches) => {
        const tables = new Tables();
        const measured = batches.flatMap((batch) => tables.handle(batch));
        expect(measured).toEqual(measureOneByOne(batches.flat()));
      }),
      { numRuns: 15 },
    );
  });

  it('is as exact where late arrivals let the spans of several blocks overlap', () => {
    const tables = new Tables();
    // Each batch spans the same six seconds, in two currencies.
    const batches = [0, 1, 2, 3, 4, 5].map((batch) =>
      Array.from({ length: 100 }, (_, index) =>
        attemptAt((index * 617 + batch * 101) % 6_000, { currency: index % 3 === 0 ? 'USD' : 'EUR' }),
      ),
    );
    const measured = batches.flatMap((batch) => tables.handle(batch));
    expect(tables.blocks).toBeGreaterThan(5);
    expect(measured).toEqual(measureOneByOne(batches.flat()));
  });

  it('moves the older attempts of whoever is seen often to blocks, and counts them there', () => {
    const tables = new Tables();
    const counts = Array.from({ length: 600 }, (_, index) => tables.handle([attemptAt(index)])[0]!);
    expect(tables.blocks).toBeGreaterThan(5);
    expect(counts.map((values) => values['velocity.countByCustomer3s'])).toEqual(counts.map((_, index) => index + 1));
  });

  it('lets no more than the limit through in any window, in whatever order and batches attempts are handled', () => {
    const limit = 4;
    const burst = fc.array(fc.array(fc.integer({ min: 0, max: 8_000 }), { minLength: 1, maxLength: 10 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(burst, (batches) => {
        const tables = new Tables();
        const counts = batches.flatMap((batch) => tables.handle(batch.map((atMs) => attemptAt(atMs))));
        const passedMs = batches
          .flat()
          .filter((_atMs, index) => Number(counts[index]!['velocity.countByCustomer3s']) <= limit);
        for (const startMs of passedMs) {
          const inWindow = passedMs.filter((atMs) => atMs >= startMs && atMs < startMs + WINDOW_SECONDS * 1000);
          expect(inWindow.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('does not count what happened exactly one window ago', () => {
    const tables = new Tables();
    const counts = [...tables.handle([attemptAt(0)]), ...tables.handle([attemptAt(2_999), attemptAt(3_000)])];
    expect(counts.map((values) => values['velocity.countByCustomer3s'])).toEqual([1, 2, 2]);
  });

  it('tells as many different values apart as it says, and stays there', () => {
    const tables = new Tables();
    const attempts = Array.from({ length: 700 }, (_, index) =>
      attemptAt(index, { values: { ...attemptAt(0).values, card: `card-${index}` } }),
    );
    const counts = attempts.map((attempt) => tables.handle([attempt])[0]!['velocity.distinctCardByCustomer3s']);
    expect(counts).toEqual(attempts.map((_, index) => Math.min(index + 1, VELOCITY_LIMITS.distinct)));
  });
});

describe('a timeline', () => {
  it('hands back what it was given, in the order of time, and leaves what it began with as it was', () => {
    fc.assert(
      fc.property(fc.array(anyAttempt), fc.array(anyAttempt), (before, added) => {
        const toEntry = ({ atMs, amountMinor, currency }: CountedAttempt) => ({ atMs, amountMinor, currency });
        const timeline = Timeline.ofRow();
        for (const attempt of before) timeline.add(attempt);
        const given = Buffer.from(timeline.packed);
        const grown = Timeline.ofRow(given);
        for (const attempt of added) grown.add(attempt);
        const inOrder = (attempts: readonly CountedAttempt[]) =>
          attempts.map(toEntry).toSorted((a, b) => a.atMs - b.atMs);
        expect(unpackEntries(grown.packed)).toEqual(inOrder([...before, ...added]));
        expect(unpackEntries(given)).toEqual(inOrder(before));
      }),
    );
  });
});

describe('subjectsOf', () => {
  it('names each subject once, in an order that does not depend on the batch', () => {
    fc.assert(
      fc.property(fc.array(anyAttempt), (attempts) => {
        const subjects = subjectsOf(toKeyedAttempts(attempts));
        expect(new Set(subjects.map(({ key }) => key)).size).toBe(subjects.length);
        expect(subjectsOf(toKeyedAttempts(attempts.toReversed()))).toEqual(subjects);
      }),
    );
  });
});
