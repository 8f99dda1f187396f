import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type AttemptFacts,
  equalFacts,
  FINAL_STATUSES,
  mergeFacts,
  type RecordedDecision,
  type RecordedOutcome,
  statusOf,
} from './attempt.states.ts';

const instant = fc
  .integer({ min: 0, max: 5 })
  .map((second) => new Date(Date.UTC(2026, 10, 21, 12, 0, second)).toISOString());

const decisionOf = (...kinds: RecordedDecision['decision'][]): fc.Arbitrary<RecordedDecision> =>
  fc.record({
    eventId: fc.constantFrom('a', 'b', 'c'),
    decision: fc.constantFrom(...kinds),
    source: fc.constantFrom('rules', 'merchant', 'deadline'),
    reason: fc.constantFrom('no-rule-matched', 'superseded'),
    decidedAt: instant,
  });

const outcome: fc.Arbitrary<RecordedOutcome> = fc.record(
  {
    status: fc.constantFrom('APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'),
    paymentId: fc.constantFrom('pay-1', 'pay-2'),
    charged: fc.constantFrom('no', 'maybe', 'yes'),
    retryable: fc.boolean(),
    shopperCode: fc.constantFrom('APPROVED', 'TIMED_OUT'),
    reason: fc.constant('no-rule-matched'),
    concludedAt: instant,
  },
  { requiredKeys: ['status', 'charged', 'retryable', 'shopperCode', 'reason', 'concludedAt'] },
);

/** What one event adds. */
const news: fc.Arbitrary<AttemptFacts> = fc.oneof(
  decisionOf('REVIEW').map((review) => ({ review })),
  decisionOf('APPROVE', 'ABORT').map((decision) => ({ decision })),
  instant.map((unknownSince) => ({ unknownSince })),
  outcome.map((value) => ({ outcome: value })),
);

const fold = (events: readonly AttemptFacts[]): AttemptFacts => events.reduce<AttemptFacts>(mergeFacts, {});

describe('the facts about an attempt', () => {
  it('are the same for every order and duplication of the events', () => {
    const shuffled = fc
      .array(news, { maxLength: 8 })
      .chain((events) =>
        fc.tuple(
          fc.constant(events),
          fc.shuffledSubarray([...events, ...events], { minLength: events.length, maxLength: 2 * events.length }),
        ),
      )
      .map(([events, again]) => ({ events, again: [...again, ...events.toReversed()] }));
    fc.assert(
      fc.property(shuffled, ({ events, again }) => {
        expect(fold(again)).toEqual(fold(events));
      }),
    );
  });

  it('are the same however the events are grouped into batches', () => {
    fc.assert(
      fc.property(fc.array(news), fc.array(news), fc.array(news), (one, two, three) => {
        const left = mergeFacts(mergeFacts(fold(one), fold(two)), fold(three));
        const right = mergeFacts(fold(one), mergeFacts(fold(two), fold(three)));
        expect(left).toEqual(right);
      }),
    );
  });

  it('are told from others exactly when they differ', () => {
    fc.assert(
      fc.property(fc.array(news), fc.array(news), (one, two) => {
        const [a, b] = [fold(one), fold(two)];
        expect(equalFacts(a, b)).toBe(JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)));
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([key, item]) => [key, sorted(item)]),
      )
    : value;
}

describe('the status', () => {
  const order = ['RECEIVED', 'IN_REVIEW', 'DECIDED', 'UNKNOWN'];
  const rankOf = (facts: AttemptFacts): number => {
    const rank = order.indexOf(statusOf(facts));
    return rank === -1 ? order.length : rank;
  };

  it('never goes back', () => {
    fc.assert(
      fc.property(fc.array(news), (events) => {
        let facts: AttemptFacts = {};
        for (const event of events) {
          const next = mergeFacts(facts, event);
          expect(rankOf(next)).toBeGreaterThanOrEqual(rankOf(facts));
          facts = next;
        }
      }),
    );
  });

  it('is final exactly when Primer has answered', () => {
    fc.assert(
      fc.property(fc.array(news), (events) => {
        const facts = fold(events);
        expect(FINAL_STATUSES.includes(statusOf(facts))).toBe(events.some((event) => event.outcome !== undefined));
      }),
    );
  });

  it('says that money moved if any outcome said so', () => {
    fc.assert(
      fc.property(fc.array(outcome, { minLength: 1 }), (outcomes) => {
        const { outcome: kept } = fold(outcomes.map((value) => ({ outcome: value })));
        const anyCharged = outcomes.some((value) => value.charged === 'yes');
        expect(kept?.charged === 'yes').toBe(anyCharged);
      }),
    );
  });
});
