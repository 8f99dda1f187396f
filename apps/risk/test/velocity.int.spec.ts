import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AttemptTokenised, type AttemptTokenisedData, topicName } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import {
  foreignRecord,
  sampleClocks,
  sampleId,
  testDatabase,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import { type CountedAttempt, measureBatch, toKeyedAttempts } from '../src/velocity/velocity.policy.ts';
import { VelocityRepository } from '../src/velocity/velocity.repository.ts';
import type { VelocityMeasurement } from '../src/velocity/velocity.types.ts';
import { decisionsAbout, prepareRisk, type RiskService, startRisk } from './risk-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const attemptsTopic = topicName(AttemptTokenised.topic, topics.prefix);
const LIMIT = 20;
const OTHERS = { email: null, ip: null, bin: null, device: null };
const instances: RiskService[] = [];

beforeAll(async () => {
  const environment = await prepareRisk(database, topics);
  instances.push(await startRisk(environment), await startRisk(environment));
}, 90_000);

afterAll(async () => {
  for (const instance of instances) await instance.app.close();
});

function attemptsOf(customerId: string | undefined, count: number): AttemptTokenisedData[] {
  return Array.from({ length: count }, () =>
    tokenisedAttempt({
      order: {
        orderId: sampleId('order'),
        amountMinor: '4200',
        currency: 'EUR',
        ...(customerId === undefined ? {} : { customerId }),
      },
      paymentMethod: { analyticsId: `card-of-${customerId ?? 'everybody'}`, network: 'VISA' },
    }),
  );
}

const announce = (attempts: readonly AttemptTokenisedData[]) =>
  records.send(attemptsTopic, ...attempts.map((attempt) => foreignRecord(AttemptTokenised, attempt)));

it('lets exactly the limit through when two instances meet one customer on all partitions at once', async () => {
  const attempts = attemptsOf('burst', 120);
  for (let sent = 0; sent < attempts.length; sent += 10) await announce(attempts.slice(sent, sent + 10));
  const decisions = await decisionsAbout(records, topics, attempts);
  expect(decisions.filter(({ decision }) => decision === 'APPROVE')).toHaveLength(LIMIT);
  expect(new Set(decisions.map(({ reason }) => reason))).toEqual(new Set(['no-rule-matched', 'velocity-exceeded']));
  const counts = decisions.map(({ evaluation }) => Number(evaluation!.features['velocity.countByCustomer600s']));
  expect(counts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 120 }, (_, index) => index + 1));
});

it('approves a burst of customers without an id on one shared card, and counts the card', async () => {
  const attempts = attemptsOf(undefined, 60);
  await announce(attempts);
  const decisions = await decisionsAbout(records, topics, attempts);
  expect(new Set(decisions.map(({ decision }) => decision))).toEqual(new Set(['APPROVE']));
  const counts = decisions.map(({ evaluation }) => Number(evaluation!.features['velocity.countByCard600s']));
  expect(Math.max(...counts)).toBe(60);
  expect(decisions[0]!.evaluation!.features['velocity.countByCustomer600s']).toBeNull();
});

it('keeps merchants apart and forgets what is a window away, by event time', async () => {
  const ofNow = attemptsOf('returning', 20);
  await announce(ofNow);
  await decisionsAbout(records, topics, ofNow);
  const base = attemptsOf('returning', 1)[0]!;
  const hourBefore = { ...base, clocks: sampleClocks(new Date(Date.now() - 3_600_000)) };
  const elsewhere = { ...attemptsOf('returning', 1)[0]!, merchantId: 'merchant-two' };
  const oneMore = attemptsOf('returning', 1)[0]!;
  await announce([hourBefore, elsewhere, oneMore]);
  const byId = new Map(
    (await decisionsAbout(records, topics, [hourBefore, elsewhere, oneMore])).map((decision) => [
      decision.paymentAttemptId,
      decision,
    ]),
  );
  expect(byId.get(hourBefore.paymentAttemptId)).toMatchObject({ decision: 'APPROVE' });
  expect(byId.get(elsewhere.paymentAttemptId)).toMatchObject({ decision: 'APPROVE' });
  expect(byId.get(oneMore.paymentAttemptId)).toMatchObject({ decision: 'ABORT', reason: 'velocity-exceeded' });
});

it('measures in the tables what measuring one by one gives, over concurrent batches in any order of time', async () => {
  const measurements: VelocityMeasurement[] = [
    { by: 'customer', windowSeconds: 2 },
    { by: 'customer', measure: 'sum', windowSeconds: 2 },
    { by: 'customer', measure: 'distinct', of: 'card', windowSeconds: 2 },
  ];
  const velocity = instances[0]!.app.get(VelocityRepository);
  const service = instances[0]!.app.get(Database, { strict: false });
  const handled: CountedAttempt[] = [];
  const handle = (batch: number) => {
    const attempts = Array.from({ length: 40 }, (_, index): CountedAttempt => ({
      merchantId: 'table',
      // A fixed walk over a few seconds and their edges, back and forth.
      atMs: 1_700_000_000_000 + ((batch * 1_499 + index * 733) % 6_000),
      amountMinor: BigInt(index),
      currency: index % 2 === 0 ? 'EUR' : 'USD',
      values: { customer: index % 3 === 2 ? 'bob' : 'ann', card: `card-${index % 5}`, ...OTHERS },
    }));
    return service.transaction(async (tx) => {
      const keyed = toKeyedAttempts(attempts);
      const state = await velocity.lockAndRead(tx, measurements, keyed);
      const { values, updates } = measureBatch(measurements, keyed, state);
      await velocity.write(tx, state, updates);
      // Whoever holds the lock is alone: this is the order in which the batches commit.
      for (const [index, attempt] of attempts.entries()) {
        handled.push(attempt);
        const near = handled.filter(
          ({ values: { customer }, atMs }) =>
            customer === attempt.values.customer && Math.abs(atMs - attempt.atMs) < 2_000,
        );
        const spent = near.filter(({ currency }) => currency === attempt.currency);
        expect(values[index]).toMatchObject({
          'velocity.countByCustomer2s': near.length,
          'velocity.sumByCustomer2s': spent.reduce((sum, { amountMinor }) => sum + amountMinor, 0n).toString(),
        });
      }
      expect(Number(values.at(-1)!['velocity.distinctCardByCustomer2s'])).toBeLessThanOrEqual(5);
    });
  };
  await Promise.all(Array.from({ length: 4 }, (_, index) => handle(index)));
  for (let batch = 4; batch < 12; batch++) await handle(batch);
  expect(handled).toHaveLength(480);
  const blocks = await database.query(`SELECT 1 FROM ${database.schema}_risk.velocity_blocks`);
  expect(blocks.length).toBeGreaterThan(0);
});

it('deletes what no window reaches any more, and only that', async () => {
  const velocity = instances[0]!.app.get(VelocityRepository);
  const schema = `${database.schema}_risk`;
  const minuteAgo = new Date(Date.now() - 60_000);
  const left = () => database.query(`SELECT 1 FROM ${schema}.velocity_blocks`);
  expect(await velocity.deleteOlderThan(minuteAgo, minuteAgo, 1_000)).toBe(0);
  await database.query(`UPDATE ${schema}.velocity_blocks SET written_at = now() - interval '62 days'`);
  await database.query(`UPDATE ${schema}.velocity_values SET seen_on = '2020-01-01'`);
  expect(await velocity.deleteOlderThan(minuteAgo, new Date('2020-01-01'), 1_000)).toBeGreaterThan(0);
  expect(await left()).toEqual([]);
  expect((await database.query(`SELECT 1 FROM ${schema}.subjects`)).length).toBeGreaterThan(0);
});
