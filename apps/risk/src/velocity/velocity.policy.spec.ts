import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { velocityFeature } from './velocity-feature.policy.ts';
import type { VelocityDefinition, VelocityKind } from './velocity.types.ts';
import {
  type BucketAttempt,
  type CountedAttempt,
  countBatch,
  subjectsOf,
  toBucketAttempts,
  toWindowQueries,
  type VelocityCounts,
  type WindowCount,
  windowKey,
} from './velocity.policy.ts';

const WINDOW_SECONDS = 3;
const DEFINITIONS: readonly VelocityDefinition[] = [
  { name: 'perCustomer', by: 'customer', windowSeconds: WINDOW_SECONDS, limit: 4 },
  { name: 'perCard', by: 'card', windowSeconds: 1, limit: 1_000 },
];

function attemptAt(atMs: number, overrides: Partial<CountedAttempt> = {}): CountedAttempt {
  return { merchantId: 'shop', atMs, customer: 'ann', card: null, ...overrides };
}

const subjectOf = (attempt: CountedAttempt, kind: VelocityKind): string | null =>
  kind === 'customer' || kind === 'card' ? attempt[kind] : null;

/** What the table answers: seconds strictly between the edges summed, the rest one by one. */
function readWindows(recorded: readonly BucketAttempt[], batch: readonly CountedAttempt[]): Map<string, WindowCount> {
  return new Map(
    toWindowQueries(DEFINITIONS, batch).map((query) => {
      const own = recorded.filter(
        ({ merchantId, kind, subject }) =>
          merchantId === query.merchantId && kind === query.kind && subject === query.subject,
      );
      const isInside = ({ second }: BucketAttempt) => second > query.pastEdgeSecond && second < query.futureEdgeSecond;
      const isNear = ({ second }: BucketAttempt) => second >= query.fromSecond && second <= query.toSecond;
      return [
        windowKey(query.name, query),
        {
          inside: own.filter(isInside).length,
          edgesMs: own
            .filter((entry) => isNear(entry) && !isInside(entry))
            .map(({ second, offsetMs }) => second * 1000 + offsetMs),
        },
      ];
    }),
  );
}

/** Batch after batch, each on what the ones before have recorded. */
function countAll(batches: ReadonlyArray<readonly CountedAttempt[]>): VelocityCounts[] {
  const recorded: BucketAttempt[] = [];
  return batches.flatMap((batch) => {
    const counts = countBatch(DEFINITIONS, batch, readWindows(recorded, batch));
    recorded.push(...toBucketAttempts(DEFINITIONS, batch));
    return counts;
  });
}

const anyAttempt = fc
  .record({
    // Around zero on purpose: instants before 1970 must fall into their own second too.
    atMs: fc.integer({ min: -3_000, max: 9_000 }),
    customer: fc.option(fc.constantFrom('ann', 'bob')),
    card: fc.option(fc.constantFrom('visa', 'amex')),
    merchantId: fc.constantFrom('shop', 'other'),
  })
  .map((attempt): CountedAttempt => attempt);
const anyBatches = fc.array(fc.array(anyAttempt, { minLength: 1, maxLength: 8 }), { maxLength: 8 });

describe('countBatch', () => {
  it('counts every attempt handled before that lies less than the window away, to the millisecond', () => {
    fc.assert(
      fc.property(anyBatches, (batches) => {
        const attempts = batches.flat();
        const expected = attempts.map((attempt, index) =>
          Object.fromEntries(
            DEFINITIONS.map((definition) => {
              const { by, windowSeconds } = definition;
              const near = attempts
                .slice(0, index + 1)
                .filter(
                  (other) =>
                    other.merchantId === attempt.merchantId &&
                    subjectOf(other, by) === subjectOf(attempt, by) &&
                    Math.abs(other.atMs - attempt.atMs) < windowSeconds * 1000,
                );
              return [velocityFeature(definition), subjectOf(attempt, by) === null ? null : near.length];
            }),
          ),
        );
        expect(countAll(batches)).toEqual(expected);
      }),
    );
  });

  it('lets no more than the limit through in any window, in whatever order and batches attempts are handled', () => {
    const limit = DEFINITIONS[0]!.limit;
    const burst = fc.array(fc.array(fc.integer({ min: 0, max: 8_000 }), { minLength: 1, maxLength: 10 }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(burst, (batches) => {
        const attempts = batches.map((batch) => batch.map((atMs) => attemptAt(atMs)));
        const counts = countAll(attempts);
        const passedMs = batches
          .flat()
          .filter((_atMs, index) => counts[index]!['velocity.countByCustomer3s']! <= limit);
        for (const startMs of passedMs) {
          const inWindow = passedMs.filter((atMs) => atMs >= startMs && atMs < startMs + WINDOW_SECONDS * 1000);
          expect(inWindow.length).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('does not count what happened exactly one window ago', () => {
    expect(
      countAll([[attemptAt(0)], [attemptAt(2_999), attemptAt(3_000)]]).map(
        (count) => count['velocity.countByCustomer3s'],
      ),
    ).toEqual([1, 2, 2]);
  });
});

describe('subjectsOf', () => {
  it('names each subject once, in an order that does not depend on the batch', () => {
    fc.assert(
      fc.property(fc.array(anyAttempt), (attempts) => {
        const subjects = subjectsOf(DEFINITIONS, attempts);
        expect(new Set(subjects.map((subject) => JSON.stringify(subject))).size).toBe(subjects.length);
        expect(subjectsOf(DEFINITIONS, attempts.toReversed())).toEqual(subjects);
      }),
    );
  });
});
