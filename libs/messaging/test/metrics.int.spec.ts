import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AttemptTokenised, event, KnownError } from '@tollgate/contracts';
import { eventually, testDatabase, testTopicPrefix, tokenisedAttempt } from '@tollgate/testing';
import type { Producer } from 'kafkajs';
import { EventTransactions } from '../src/index.ts';
import { type EventPathApp, foreignHeaders, startEventPath, startForeignProducer } from './event-path.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
let path: EventPathApp;
let producer: Producer;

beforeAll(async () => {
  path = await startEventPath(database, topics);
  producer = await startForeignProducer(topics);
}, 60_000);

afterAll(async () => {
  await producer?.disconnect();
  await path?.close();
});

/** The sum of a metric's series, as /metrics shows it; undefined when it is not shown. */
async function shown(): Promise<(name: string) => number | undefined> {
  const { body } = await path.app.inject({
    url: '/metrics',
    headers: { authorization: 'Bearer operator-token-of-a-test' },
  });
  return (name) => {
    const values = [...body.matchAll(new RegExp(`^${name}(?:{[^}]*})? (.*)$`, 'gm'))].map(([, text]) => Number(text));
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
  };
}

it('traffic shows in every metric that an operator goes by', async () => {
  const [once, twice, failing] = [tokenisedAttempt(), tokenisedAttempt(), tokenisedAttempt()];
  await path.app.get(EventTransactions, { strict: false }).run((tx) => {
    const cause = { source: 'test', id: once.paymentAttemptId };
    tx.emit(event({ definition: AttemptTokenised, data: once, subject: once.paymentAttemptId, cause }));
    return Promise.resolve();
  });
  const repeated = { key: twice.paymentAttemptId, value: JSON.stringify(twice), headers: foreignHeaders() };
  const broken = { key: 'broken', value: '{"half', headers: foreignHeaders() };
  const retried = { key: failing.paymentAttemptId, value: JSON.stringify(failing), headers: foreignHeaders() };
  path.behaviour.failOn.set(failing.order.orderId, () => {
    path.behaviour.failOn.clear();
    return new KnownError('DATABASE_UNAVAILABLE');
  });
  await producer.send({ topic: path.topic, messages: [repeated, repeated, broken, retried] });

  await eventually(
    async () => {
      const value = await shown();
      expect({
        handled: value('tollgate_events_handled_total'),
        duplicates: value('tollgate_events_duplicate_total'),
        deadLetters: value('tollgate_dead_letters_total'),
        retries: value('tollgate_event_retries_total'),
        restarts: value('tollgate_consumer_restarts_total'),
        lag: value('tollgate_consumer_lag'),
        outboxDepth: value('tollgate_outbox_depth'),
        outboxAge: value('tollgate_outbox_age_seconds'),
        relayed: value('tollgate_outbox_relayed_total'),
        publishFailures: value('tollgate_publish_failures_total'),
      }).toEqual({
        handled: 3,
        duplicates: expect.any(Number),
        deadLetters: 1,
        retries: expect.any(Number),
        restarts: expect.any(Number),
        lag: 0,
        outboxDepth: 0,
        outboxAge: 0,
        relayed: expect.any(Number),
        publishFailures: expect.any(Number),
      });
      for (const counted of ['events_duplicate_total', 'event_retries_total']) {
        expect(value(`tollgate_${counted}`)).toBeGreaterThan(0);
      }
      for (const measured of [
        'batch_records',
        'batch_commit_seconds',
        'transaction_commit_seconds',
        'publish_seconds',
      ]) {
        expect(value(`tollgate_${measured}_count`)).toBeGreaterThan(0);
      }
    },
    { timeoutMs: 30_000 },
  );
});
