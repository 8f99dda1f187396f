import { describe, expect, it } from '@jest/globals';
import {
  DISPUTE_STATUSES,
  DISPUTE_TYPES,
  PAYMENT_STATUSES,
  type PaymentDispute,
  type PaymentSnapshot,
} from '@tollgate/contracts';
import fc from 'fast-check';
import { toDisputeDedupKey } from './dispute.policy.ts';
import { toEntries, toHistory } from './entry.policy.ts';
import type { DraftEntry, RecordedEntries, RecordedPosting } from './entry.types.ts';
import { toEffectiveAtUs, toEvidenceFacts, type Evidence } from './evidence.policy.ts';
import {
  mergeFacts,
  NO_FACTS,
  toDisputeFacts,
  toFacts,
  toLinkFacts,
  type AttemptLink,
  type PaymentFacts,
} from './facts.policy.ts';
import { toPosition } from './position.policy.ts';
import { isBalanced, sumPostings } from './posting-sum.policy.ts';
import { toDedupKey } from './snapshot.policy.ts';

const amounts = fc.integer({ min: 0, max: 4 }).map((hundreds) => (hundreds * 100).toString());
/** Few instants, so that equal ones are common. */
const instants = fc.constantFrom(
  '2026-01-01T00:00:00.000001',
  '2026-01-01T00:00:00.000002',
  '2026-01-01T00:00:00.000002Z',
  '2026-01-02T00:00:00',
  '2026-01-03T00:00:00.5',
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const paymentEvents = fc.record(
  {
    type: fc.constantFrom(
      'AUTHORIZATION_SUCCEEDED',
      'AUTHORIZATION_ADJUSTMENT_SUCCEEDED',
      'CAPTURE_SUCCEEDED',
      'CANCELLATION_SUCCEEDED',
    ),
    at: instants,
    amountMinor: amounts,
    final: fc.boolean(),
  },
  { requiredKeys: ['type'] },
);

/** Sales and refunds; refunds seldom have no id, or one that another has, no amount or no known status. */
const transactions = fc
  .record({
    id: maybe(fc.constantFrom('t1', 't2', 't2')),
    date: maybe(instants),
    type: fc.constantFrom('SALE', 'REFUND', 'REFUND'),
    status: fc.constantFrom('PENDING', 'SETTLING', 'SETTLED', 'SETTLED', 'FAILED', 'CANCELLED', 'TELEPORTED'),
    amountMinor: maybe(amounts),
    currency: maybe(fc.constantFrom('EUR', 'EUR', 'JPY')),
    processorName: maybe(fc.constantFrom('ADYEN', 'STRIPE')),
  })
  .map(withoutAbsent);

/** Anything a provider may say about two disputes of one payment. */
const disputes: fc.Arbitrary<PaymentDispute> = fc
  .record({
    processor: fc.constantFrom('ADYEN', 'ADYEN', 'STRIPE'),
    processorDisputeId: fc.constantFrom('d1', 'd1', 'd2'),
    paymentId: fc.constant('p1'),
    type: maybe(fc.constantFrom(...DISPUTE_TYPES, 'DUEL')),
    status: maybe(fc.constantFrom(...DISPUTE_STATUSES, 'TELEPORTED')),
    amountMinor: maybe(amounts),
    currency: maybe(fc.constantFrom('EUR', 'EUR', 'JPY')),
    receivedAt: instants,
    challengeRequiredBy: maybe(instants),
  })
  .map(withoutAbsent);

/** As it comes from JSON: what is not said has no field. */
function withoutAbsent<T>(parts: T): T {
  return JSON.parse(JSON.stringify(parts)) as T;
}

/** Anything a provider may say about one payment, contradictions included. */
const snapshots: fc.Arbitrary<PaymentSnapshot> = fc
  .record({
    status: fc.constantFrom(...PAYMENT_STATUSES, 'TELEPORTED'),
    dateUpdated: instants,
    currency: fc.constantFrom('EUR', 'EUR', 'EUR', 'JPY'),
    amountMinor: maybe(amounts),
    amountAuthorizedMinor: maybe(amounts),
    amountCapturedMinor: maybe(amounts),
    amountRefundedMinor: maybe(amounts),
    processorName: maybe(fc.constantFrom('ADYEN', 'STRIPE')),
    orderId: maybe(fc.constantFrom('order-1', 'order-2')),
    transactions: fc.array(transactions, { maxLength: 3 }),
    events: maybe(fc.array(paymentEvents, { maxLength: 3 })),
  })
  .map((parts) => withoutAbsent({ paymentId: 'p1', ...parts }));

const attempt: AttemptLink = { paymentAttemptId: 'a1', orderId: 'order-1', amountMinor: 300n, currency: 'EUR' };
const facts: fc.Arbitrary<PaymentFacts> = fc.oneof(
  { arbitrary: snapshots.map(toFacts), weight: 9 },
  { arbitrary: disputes.map(toDisputeFacts), weight: 6 },
  { arbitrary: fc.constant(toLinkFacts(attempt)), weight: 1 },
);

describe('merging facts', () => {
  it('is commutative', () => {
    fc.assert(fc.property(facts, facts, (a, b) => expect(mergeFacts(a, b)).toEqual(mergeFacts(b, a))));
  });

  it('is associative', () => {
    fc.assert(
      fc.property(facts, facts, facts, (a, b, c) =>
        expect(mergeFacts(mergeFacts(a, b), c)).toEqual(mergeFacts(a, mergeFacts(b, c))),
      ),
    );
  });

  it('is idempotent', () => {
    fc.assert(fc.property(facts, (a) => expect(mergeFacts(a, a)).toEqual(a)));
  });
});

/** One thing that reaches the poster: evidence, or the outcome of the attempt. */
type Arrival = { snapshot: PaymentSnapshot } | { dispute: PaymentDispute } | 'attempt';

/** The journal of one payment and what the poster keeps beside it. */
class Journal {
  readonly entries: DraftEntry[] = [];
  readonly evidence = new Map<string, Evidence>();
  attempt: AttemptLink | undefined;

  /** Handles one batch as the poster does: keep what is new, then write what is missing. */
  post(batch: readonly Arrival[]): void {
    const newIds: string[] = [];
    for (const arrival of batch) {
      if (arrival === 'attempt') {
        this.attempt = attempt;
        continue;
      }
      const key = 'dispute' in arrival ? toDisputeDedupKey('m1', arrival.dispute) : toDedupKey('m1', arrival.snapshot);
      if (this.evidence.has(key)) continue;
      this.evidence.set(key, { evidenceId: key, receivedAtUs: 0n, ...arrival });
      newIds.push(key);
    }
    const history = toHistory([...this.evidence.values()], this.attempt);
    this.entries.push(...toEntries(history, this.recorded(), newIds));
  }

  recorded(): RecordedEntries {
    const postings = this.entries.flatMap(({ effectiveAtUs, postings: list }) =>
      list.map((posting): RecordedPosting => ({ ...posting, effectiveAtUs })),
    );
    return { postings, enteredAtUs: new Set(this.entries.map((entry) => entry.effectiveAtUs)) };
  }

  balancesAt(instantUs: bigint) {
    return sumPostings(this.recorded().postings.filter((posting) => posting.effectiveAtUs <= instantUs));
  }
}

/** Arrivals of one payment, and the same in another order, with repeats, cut into batches elsewhere. */
const twoDeliveries = fc
  .array(
    fc.oneof(
      { arbitrary: snapshots.map((snapshot): Arrival => ({ snapshot })), weight: 6 },
      { arbitrary: disputes.map((dispute): Arrival => ({ dispute })), weight: 3 },
      { arbitrary: fc.constant<Arrival>('attempt'), weight: 1 },
    ),
    {
      minLength: 1,
      maxLength: 7,
    },
  )
  .chain((arrivals) => {
    const repeats = fc.subarray(arrivals);
    const delivered = repeats.chain((again) =>
      fc.shuffledSubarray([...arrivals, ...again], { minLength: arrivals.length + again.length }),
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 14, maxLength: 14 });
    return fc.record({ arrivals: fc.constant(arrivals), delivered, cuts });
  });

function inBatches(arrivals: readonly Arrival[], cuts: readonly number[]): Arrival[][] {
  const batches: Arrival[][] = [];
  let from = 0;
  for (const length of cuts) {
    if (from >= arrivals.length) break;
    batches.push(arrivals.slice(from, from + length));
    from += length;
  }
  return batches;
}

describe('the journal of a payment', () => {
  it('ends in the same balances, as of every moment, for every order, repetition and split of the evidence', () => {
    fc.assert(
      fc.property(twoDeliveries, ({ arrivals, delivered, cuts }) => {
        const straight = new Journal();
        straight.post(arrivals);
        const shuffled = new Journal();
        for (const batch of inBatches(delivered, cuts)) shuffled.post(batch);
        const moments = [...straight.evidence.values()].map(toEffectiveAtUs);
        for (const moment of moments) expect(shuffled.balancesAt(moment)).toEqual(straight.balancesAt(moment));
        expect(sumPostings(shuffled.recorded().postings)).toEqual(sumPostings(straight.recorded().postings));
      }),
      { numRuns: 500 },
    );
  });

  it('holds the position of the merged facts and nothing else', () => {
    fc.assert(
      fc.property(twoDeliveries, ({ delivered, cuts }) => {
        const journal = new Journal();
        for (const batch of inBatches(delivered, cuts)) journal.post(batch);
        const merged = [...journal.evidence.values()].map(toEvidenceFacts);
        const all = merged.reduce(mergeFacts, journal.attempt ? toLinkFacts(journal.attempt) : NO_FACTS);
        const expected = merged.length === 0 ? [] : toPosition(all);
        expect(sumPostings(journal.recorded().postings)).toEqual(sumPostings(expected));
      }),
    );
  });

  it('balances in every single entry, per currency and layer', () => {
    fc.assert(
      fc.property(twoDeliveries, ({ delivered, cuts }) => {
        const journal = new Journal();
        for (const batch of inBatches(delivered, cuts)) journal.post(batch);
        for (const entry of journal.entries) expect(isBalanced(entry.postings)).toBe(true);
      }),
    );
  });

  it('gains no entry from evidence that it has seen before', () => {
    fc.assert(
      fc.property(twoDeliveries, ({ arrivals }) => {
        const journal = new Journal();
        journal.post(arrivals);
        const before = journal.entries.length;
        journal.post(arrivals);
        expect(journal.entries).toHaveLength(before);
      }),
    );
  });

  const at = (second: number, parts: Partial<PaymentSnapshot>): { snapshot: PaymentSnapshot } => ({
    snapshot: {
      paymentId: 'p1',
      status: 'AUTHORIZED',
      currency: 'EUR',
      dateUpdated: `2026-01-01T00:00:0${second}`,
      transactions: [],
      ...parts,
    },
  });
  const momentOf = (arrival: { snapshot: PaymentSnapshot }) =>
    toEffectiveAtUs({ evidenceId: '', receivedAtUs: 0n, ...arrival });

  it('has an entry without postings for an authorisation of 0', () => {
    const journal = new Journal();
    journal.post([at(1, { amountMinor: '0' })]);
    expect(journal.entries).toMatchObject([{ postings: [] }]);
    expect(journal.entries[0]?.evidenceId).toBeDefined();
  });

  it.each(['PENDING', 'FAILED', 'DECLINED', 'CANCELLED'])('has no entry for a payment that is only %s', (status) => {
    const journal = new Journal();
    journal.post([at(1, { status, amountMinor: '100' })]);
    journal.post([at(2, { status, amountMinor: '0' })]);
    journal.post(['attempt']);
    expect(journal.entries).toEqual([]);
  });

  it('corrects the moments after late evidence, so that the past reads as it was', () => {
    const journal = new Journal();
    journal.post([at(2, { status: 'SETTLED', amountMinor: '100' })]);
    journal.post([at(1, { amountMinor: '100' })]);
    expect(journal.entries.map((entry) => entry.postings.length)).toEqual([2, 2, 2]);
    expect(journal.balancesAt(momentOf(at(1, {})))).toMatchObject([
      { account: 'processor:unknown:captured', layer: 'pending', amountMinor: 100n },
      { account: 'sales:clearing', layer: 'pending', amountMinor: -100n },
    ]);
  });

  it('moves the balance to the processor once it is named', () => {
    const journal = new Journal();
    journal.post([at(1, { amountMinor: '100' })]);
    journal.post([at(2, { amountMinor: '100', processorName: 'ADYEN' })]);
    expect(sumPostings(journal.recorded().postings).map((posting) => posting.account)).toEqual([
      'processor:ADYEN:captured',
      'sales:clearing',
    ]);
  });

  it('takes a refund that failed back by a counter-entry, one entry for each change', () => {
    const settled = { status: 'SETTLED', amountMinor: '100', processorName: 'ADYEN' };
    const refunded = (status: string) => ({
      ...settled,
      transactions: [{ id: 'r1', type: 'REFUND', status, amountMinor: '30' }],
    });
    const journal = new Journal();
    const lives = [settled, refunded('PENDING'), refunded('FAILED')];
    for (const [second, parts] of lives.entries()) journal.post([at(second + 1, parts)]);
    expect(journal.entries.map(linesOf)).toEqual([
      ['processor:ADYEN:settled posted 100', 'sales:clearing posted -100'],
      ['processor:ADYEN:settled pending -30', 'sales:refunds pending 30'],
      ['processor:ADYEN:settled pending 30', 'sales:refunds pending -30'],
    ]);
  });

  it('loses no dispute that comes before its payment is known', () => {
    const dispute: PaymentDispute = {
      processor: 'ADYEN',
      processorDisputeId: 'd1',
      paymentId: 'p1',
      type: 'DISPUTE',
      status: 'OPEN',
      amountMinor: '40',
      currency: 'EUR',
      receivedAt: '2026-01-01T00:00:02',
    };
    const journal = new Journal();
    journal.post([{ dispute }]);
    journal.post(['attempt']);
    expect(journal.entries).toEqual([]);
    journal.post([at(1, { status: 'SETTLED', amountMinor: '100', processorName: 'ADYEN' })]);
    expect(journal.entries.map(linesOf)).toEqual([
      ['processor:ADYEN:settled posted 100', 'sales:clearing posted -100'],
      ['processor:ADYEN:disputed posted 40', 'processor:ADYEN:settled posted -40'],
    ]);
  });

  function linesOf({ postings }: DraftEntry): string[] {
    return postings.map(({ account, layer, amountMinor }) => `${account} ${layer} ${amountMinor}`);
  }
});
