import { describe, expect, it } from '@jest/globals';
import { AttemptConcluded, AttemptDecided, AttemptTokenised, PaymentStatusReported } from '@tollgate/contracts';
import type { EventDefinition } from '@tollgate/contracts';

import {
  concludedAttempt,
  decidedAttempt,
  paymentSnapshotSample,
  reportedPaymentStatus,
  sampleId,
  tokenisedAttempt,
} from '../event-samples.ts';
import type { TopicRecord } from '../topic-reader.ts';
import { findBacklogViolations, findViolations } from './find-violations.ts';
import type { ProviderMoney, Violation, World } from './world.types.ts';

describe('findViolations', () => {
  it('finds nothing in a world where every promise was kept', () => {
    expect(findViolations(soundWorld())).toEqual([]);
  });

  it('spares unknown outcomes that only the list can tell as long as it is told to, and nothing else', () => {
    const backlog = [
      { where: 'the gate', what: '1 actions are UNKNOWN', onlyListTells: true },
      { where: 'the gate', what: '1 actions are AWAITING', onlyListTells: false },
      { where: 'outbox of gateway', what: '1 events are not published' },
    ];
    const problems = findBacklogViolations(backlog, { sparing: 'what only the list tells' }).map(
      (each) => each.problem,
    );
    expect(problems).toEqual(['1 actions are AWAITING', '1 events are not published']);
    expect(findViolations({ ...soundWorld(), backlog })).toHaveLength(3);
  });

  it('takes a dead letter that was published twice for one', () => {
    const sound = soundWorld();
    const letter = deadLetterOf(first(sound.records));
    const expectedDeadLetters = [{ code: 'HANDLER_FAILED', eventId: letter.headers.ce_id ?? '' }];
    const world = { ...sound, records: [...sound.records, letter, { ...letter, offset: '1' }], expectedDeadLetters };
    expect(findViolations(world)).toEqual([]);
  });

  it('takes an order that was paid after a declined try for one charge', () => {
    const sound = soundWorld();
    const [payment, action] = [first(sound.provider.payments), first(sound.actions)];
    const declined = { ...payment, attemptId: 'other', paymentId: 'other', status: 'DECLINED' };
    const world = {
      ...sound,
      actions: [...sound.actions, { ...action, attemptId: 'other', paymentId: 'other' }],
      provider: { ...sound.provider, payments: [...sound.provider.payments, declined] },
    };
    expect(findViolations(world).filter(({ invariant }) => invariant === 'I4')).toEqual([]);
  });

  const planted: [promise: string, invariant: Violation['invariant'], spoil: (world: World) => Partial<World>][] = [
    ['an accepted attempt that is not known', 'I1', () => ({ attempts: [] })],
    ['an attempt that exists twice', 'I1', ({ attempts }) => ({ attempts: [...attempts, ...attempts] })],
    [
      'an attempt that is never concluded',
      'I1',
      ({ attempts }) => ({ attempts: attempts.map((each) => ({ ...each, status: 'DECIDED' })) }),
    ],
    [
      'an attempt that waits for a person after its deadline',
      'I1',
      ({ attempts }) => ({
        attempts: attempts.map((each) => ({ ...each, status: 'IN_REVIEW', decideBy: '2020-01-01T00:00:00Z' })),
      }),
    ],
    [
      'a shop that was told another outcome',
      'I1',
      ({ accepted }) => ({ accepted: accepted.map((each) => ({ ...each, toldOutcome: 'ABORTED' })) }),
    ],
    [
      'an attempt with two outcomes',
      'I1',
      (world) => ({
        records: [
          ...world.records,
          recordOf(AttemptConcluded, concludedAttempt(tokenisedOf(world), { outcome: 'ABORTED' })),
        ],
      }),
    ],
    [
      'an attempt that was never announced',
      'I2',
      ({ records }) => ({ records: records.filter(({ headers }) => headers.ce_type !== AttemptTokenised.type) }),
    ],
    [
      'an action whose outcome was never published',
      'I2',
      ({ records }) => ({ records: records.filter(({ headers }) => headers.ce_type !== AttemptConcluded.type) }),
    ],
    [
      'a payment in the books that was never reported',
      'I2',
      ({ records }) => ({ records: records.filter(({ headers }) => headers.ce_type !== PaymentStatusReported.type) }),
    ],
    [
      'an attempt that the rules decided twice',
      'I3',
      (world) => ({
        records: [...world.records, recordOf(AttemptDecided, decidedAttempt(tokenisedOf(world)))],
      }),
    ],
    [
      'an event that is published with two payloads',
      'I3',
      ({ records }) => ({ records: [...records, { ...first(records), value: '{}' }] }),
    ],
    ['an event that a service has not handled', 'I3', ({ handled }) => ({ handled: handled.slice(1) })],
    [
      'two payments for one attempt',
      'I4',
      ({ provider }) => ({
        provider: {
          ...provider,
          payments: [...provider.payments, { ...first(provider.payments), paymentId: 'other' }],
        },
      }),
    ],
    [
      'an order that was charged for two attempts',
      'I4',
      ({ provider, actions }) => ({
        actions: [...actions, { ...first(actions), attemptId: 'other', paymentId: 'other' }],
        provider: {
          ...provider,
          payments: [...provider.payments, { ...first(provider.payments), attemptId: 'other', paymentId: 'other' }],
        },
      }),
    ],
    ['a payment without an APPROVE', 'I4', () => ({ actions: [] })],
    [
      'a payment although the abort was answered 200',
      'I4',
      ({ provider, accepted }) => ({ provider: { ...provider, abortedAttempts: [first(accepted).attemptId] } }),
    ],
    [
      'a payment that the gate imagines',
      'I4',
      ({ actions }) => ({ actions: actions.map((each) => ({ ...each, paymentId: 'imagined' })) }),
    ],
    [
      'a webhook that was answered 2xx and is not stored',
      'I5',
      ({ books }) => ({ books: { ...books, storedWebhooks: [] } }),
    ],
    [
      'a payment whose newest status is not in the books',
      'I5',
      ({ books }) => ({
        books: { ...books, payments: books.payments.map((each) => ({ ...each, status: 'PENDING' })) },
      }),
    ],
    [
      'an entry that does not balance',
      'I6',
      ({ books }) => ({ books: { ...books, postings: books.postings.slice(1) } }),
    ],
    ['a cached balance that differs from the fold', 'I6', ({ books }) => ({ books: { ...books, balances: [] } })],
    [
      'a hold of another amount than the provider has',
      'I7',
      ({ provider }) => ({
        provider: { ...provider, payments: provider.payments.map((each) => ({ ...each, amountMinor: 1n })) },
      }),
    ],
    [
      'a dead letter that nobody expects',
      'I8',
      ({ records }) => ({ records: [...records, deadLetterOf(first(records))] }),
    ],
    [
      'a dead letter without a reason',
      'I8',
      ({ records }) => ({
        records: [...records, withoutReason(deadLetterOf(first(records)))],
        expectedDeadLetters: [{ code: 'HANDLER_FAILED', eventId: first(records).headers.ce_id ?? '' }],
      }),
    ],
    [
      'a hold that was booked twice',
      'I7',
      ({ books }) => ({
        books: {
          ...books,
          postings: [...books.postings, ...books.postings.map((each) => ({ ...each, entryId: '2' }))],
        },
      }),
    ],
    [
      'a hold for a payment that the provider does not know',
      'I7',
      ({ provider }) => ({ provider: { ...provider, payments: [] } }),
    ],
    ['a capture that is not in the books', 'I7', paidAs({ capturedMinor: 4200n })],
    ['a hold that a final capture has released', 'I7', paidAs({ capturedMinor: 200n, isFinal: true })],
    ['a refund that is not in the books', 'I7', paidAs({ refunds: [{ status: 'SETTLED', amountMinor: 100n }] })],
    [
      'a refund under way that is not in the books',
      'I7',
      paidAs({ refunds: [{ status: 'PENDING', amountMinor: 1n }] }),
    ],
    [
      'a dispute that is not in the books',
      'I7',
      paidAs({ disputes: [{ paymentId: '', type: 'DISPUTE', status: 'OPEN', amountMinor: 100n }] }),
    ],
    [
      'a refund that the provider does not know',
      'I7',
      ({ books, provider }) => {
        const { paymentId } = first(provider.payments);
        const line = { entryId: '2', paymentId, currency: 'EUR', layer: 'posted' };
        const refund = [
          { ...line, account: 'sales:refunds', amountMinor: 100n },
          { ...line, account: 'processor:unknown:settled', amountMinor: -100n },
        ];
        return { books: { ...books, postings: [...books.postings, ...refund] } };
      },
    ],
    ['a dead letter that is missing', 'I8', () => ({ expectedDeadLetters: [{ code: 'RECORD_NOT_JSON' }] })],
    [
      'a re-driven record that nobody has handled',
      'I8',
      ({ records, handled }) => ({
        records: [...records, redrivenOf(first(records))],
        handled: handled.map((each) => ({ ...each, status: 'dead' })),
      }),
    ],
    [
      'a re-driven record that took effect a second time',
      'I8',
      ({ records, handled }) => ({
        records: [...records, redrivenOf(first(records))],
        handled: [...handled, ...handled],
      }),
    ],
    ['a secret in a log', 'I9', () => ({ logs: [{ service: 'risk', text: 'key=top-secret-key' }] })],
    [
      'a secret on a topic',
      'I9',
      ({ records }) => ({
        records: records.map((each) => ({ ...each, headers: { ...each.headers, note: 'top-secret-key' } })),
      }),
    ],
    [
      'a decision that comes out different when it is made again',
      'I11',
      (world) => ({ recomputation: { ...world.recomputation, different: [tokenisedOf(world).paymentAttemptId] } }),
    ],
    [
      'a decision whose rule set is gone',
      'I11',
      ({ recomputation }) => ({ recomputation: { ...recomputation, unknownVersion: 1 } }),
    ],
    [
      'a decision that was announced on other features than it is recorded on',
      'I11',
      ({ ruleDecisions: [decision] }) => {
        const evaluation = { ...decision!.evaluation!, features: { 'order.amountMinor': '4201' } };
        return { ruleDecisions: [{ ...decision!, evaluation }] };
      },
    ],
    ['work that is left', 'I10', () => ({ backlog: [{ where: 'gateway outbox', what: '1 row' }] })],
  ];

  it.each(planted)('finds %s', (_promise, invariant, spoil) => {
    const sound = soundWorld();
    const found = findViolations({ ...sound, ...spoil(sound) });
    expect(found.map((violation) => violation.invariant)).toContain(invariant);
  });
});

/** The payment at the provider, authorised over 42.00, with what happened since. */
function paidAs(money: Partial<ProviderMoney>): (world: World) => Partial<World> {
  const untouched = { authorizedMinor: 4200n, capturedMinor: 0n, isFinal: false, refunds: [], disputes: [] };
  return ({ provider }) => {
    const payments = provider.payments.map((each) => ({
      ...each,
      status: 'PARTIALLY_SETTLED',
      money: { ...untouched, ...money },
    }));
    return { provider: { ...provider, payments } };
  };
}

/** One checkout that went well, seen from everywhere. */
function soundWorld(): World {
  const tokenised = tokenisedAttempt();
  const attemptId = tokenised.paymentAttemptId;
  const paymentId = sampleId('payment');
  const features = { 'order.amountMinor': '4200' };
  const evaluation = { ruleSet: 'default', version: 'v', digest: 'v', hits: [], features };
  const decided = decidedAttempt(tokenised, { evaluation });
  const { merchantId, reason } = decided;
  const records = [
    recordOf(AttemptTokenised, tokenised),
    byRisk(recordOf(AttemptDecided, decided)),
    recordOf(AttemptConcluded, concludedAttempt(tokenised, { paymentId })),
    recordOf(PaymentStatusReported, reportedPaymentStatus(paymentSnapshotSample({ paymentId }))),
  ];
  const [announced, decision, concluded, reported] = records.map(({ headers }) => headers.ce_id ?? '');
  const handledBy = (service: string, eventId: string | undefined) => {
    return { service, source: '/tollgate/sample', eventId: eventId ?? '', status: 'done' };
  };
  const hold = { entryId: '1', paymentId, currency: 'EUR', layer: 'pending' };
  return {
    accepted: [{ attemptId, toldOutcome: 'APPROVED' }],
    attempts: [{ attemptId, status: 'APPROVED', decideBy: new Date().toISOString(), paymentId }],
    actions: [{ attemptId, decision: 'APPROVE', state: 'APPROVED', paymentId }],
    provider: {
      payments: [
        {
          paymentId,
          attemptId,
          orderId: tokenised.order.orderId,
          status: 'AUTHORIZED',
          currency: 'EUR',
          amountMinor: 4200n,
        },
      ],
      abortedAttempts: [],
      deliveredWebhooks: [{ webhookId: '1', paymentId }],
    },
    books: {
      payments: [{ paymentId, status: 'AUTHORIZED' }],
      postings: [
        { ...hold, account: 'processor:unknown:captured', amountMinor: 4200n },
        { ...hold, account: 'sales:clearing', amountMinor: -4200n },
      ],
      balances: [
        { account: 'processor:unknown:captured', currency: 'EUR', layer: 'pending', balanceMinor: 4200n },
        { account: 'sales:clearing', currency: 'EUR', layer: 'pending', balanceMinor: -4200n },
      ],
      storedWebhooks: [{ paymentId, count: 1 }],
    },
    records,
    handled: [
      handledBy('risk', announced),
      handledBy('gateway', decision),
      handledBy('intake', concluded),
      handledBy('ledger', concluded),
      handledBy('risk', concluded),
      handledBy('ledger', reported),
      handledBy('risk', reported),
    ],
    ruleDecisions: [{ merchantId, paymentAttemptId: attemptId, decision: 'APPROVE', reason, evaluation }],
    recomputation: { different: [], unknownVersion: 0 },
    backlog: [],
    expectedDeadLetters: [],
    secrets: [{ what: 'a key', text: 'top-secret-key' }],
    logs: [{ service: 'risk', text: 'started' }],
  };
}

function recordOf<Data>(definition: EventDefinition<Data>, data: Data): TopicRecord {
  const headers = {
    ce_id: sampleId('event'),
    ce_type: definition.type,
    ce_source: '/tollgate/sample',
    ce_time: new Date().toISOString(),
  };
  const topic = `sample.${definition.topic}.v1`;
  return { topic, partition: 0, offset: '0', key: definition.keyOf(data), headers, value: JSON.stringify(data) };
}

function byRisk({ headers, ...record }: TopicRecord): TopicRecord {
  return { ...record, headers: { ...headers, ce_source: '/tollgate/risk' } };
}

function deadLetterOf(record: TopicRecord): TopicRecord {
  const headers = {
    ...record.headers,
    'tollgate-dead-letter-code': 'HANDLER_FAILED',
    'tollgate-dead-letter-reason': 'the handler failed with TypeError',
  };
  return { ...record, topic: `${record.topic}.risk.dlq`, headers };
}

function redrivenOf(record: TopicRecord): TopicRecord {
  const names = { 'tollgate-redrive-of': 'risk/attempts.v1/0/0', 'tollgate-redrive-for': 'risk' };
  return { ...record, headers: { ...record.headers, ...names } };
}

function withoutReason({ headers, ...record }: TopicRecord): TopicRecord {
  return { ...record, headers: { ...headers, 'tollgate-dead-letter-reason': '' } };
}

function tokenisedOf({ records }: World): ReturnType<typeof tokenisedAttempt> {
  return JSON.parse(first(records).value ?? '') as ReturnType<typeof tokenisedAttempt>;
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('the sound world lacks what is to be spoiled');
  return item;
}
