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
import type { VelocityDefinition } from '../src/velocity/velocity.types.ts';
import { type CountedAttempt, countBatch } from '../src/velocity/velocity.policy.ts';
import { VelocityRepository } from '../src/velocity/velocity.repository.ts';
import { decisionsAbout, prepareRisk, type RiskService, startRisk } from './risk-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const attemptsTopic = topicName(AttemptTokenised.topic, topics.prefix);
const LIMIT = 20;
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

it('counts in the table what counting one by one gives, over batches in any order of time', async () => {
  const definitions: VelocityDefinition[] = [{ name: 'test', by: 'customer', windowSeconds: 2, limit: 1 }];
  const velocity = instances[0]!.app.get(VelocityRepository);
  const service = instances[0]!.app.get(Database, { strict: false });
  const handled: CountedAttempt[] = [];
  for (let batch = 0; batch < 12; batch++) {
    const attempts = Array.from({ length: 1 + (batch % 4) }, (_, index): CountedAttempt => ({
      merchantId: 'table',
      // A fixed walk over a few seconds and their edges, back and forth.
      atMs: 1_700_000_000_000 + ((batch * 1_499 + index * 733) % 6_000),
      customer: batch % 3 === 2 ? 'bob' : 'ann',
      card: null,
    }));
    const counts = await service.transaction(async (tx) => {
      const windows = await velocity.lockAndRead(tx, definitions, attempts);
      await velocity.add(tx, definitions, attempts);
      return countBatch(definitions, attempts, windows);
    });
    for (const [index, attempt] of attempts.entries()) {
      handled.push(attempt);
      const near = handled.filter(
        ({ customer, atMs }) => customer === attempt.customer && Math.abs(atMs - attempt.atMs) < 2_000,
      );
      expect(counts[index]).toEqual({ 'velocity.countByCustomer2s': near.length });
    }
  }
});

it('deletes counters that no window reaches any more, and only those', async () => {
  const velocity = instances[0]!.app.get(VelocityRepository);
  const schema = `${database.schema}_risk`;
  const left = () => database.query(`SELECT 1 FROM ${schema}.velocity_buckets WHERE merchant_id = 'table'`);
  expect((await left()).length).toBeGreaterThan(0);
  expect(await velocity.deleteOlderThan(new Date(Date.now() - 60_000), 1_000)).toBe(0);
  await database.query(
    `UPDATE ${schema}.velocity_buckets SET written_at = now() - interval '9 days' WHERE merchant_id = 'table'`,
  );
  await database.query(`UPDATE ${schema}.velocity_subjects SET seen_on = '2020-01-01' WHERE merchant_id = 'table'`);
  expect(await velocity.deleteOlderThan(new Date(Date.now() - 60_000), 1_000)).toBeGreaterThan(0);
  expect(await left()).toEqual([]);
});
