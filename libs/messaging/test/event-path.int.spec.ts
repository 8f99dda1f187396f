import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AttemptTokenised, deadLetterTopicName, event, KnownError } from '@tollgate/contracts';
import { eventually, testDatabase, testTopicPrefix, tokenisedAttempt } from '@tollgate/testing';
import type { Producer } from 'kafkajs';
import { DEAD_LETTER_HEADERS, EventTransactions, REDRIVE_HEADER } from '../src/index.ts';
import {
  type EventPathApp,
  foreignHeaders,
  readTopic,
  SERVICE,
  startEventPath,
  startForeignProducer,
} from './event-path.ts';

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

const deadLetters = () => readTopic(topics, deadLetterTopicName(path.topic, SERVICE));

async function effectsOf(...attemptIds: string[]): Promise<number> {
  const rows = await database.query<{ n: bigint }>(
    'SELECT count(*) AS n FROM effects WHERE attempt_id = ANY($1::text[])',
    [attemptIds],
  );
  return Number(rows[0]!.n);
}

async function deadLetterOf(key: string): Promise<Record<string, string>> {
  return eventually(
    async () => {
      const found = (await deadLetters()).filter((letter) => letter.key === key);
      expect(found.length).toBeGreaterThan(0);
      return found.at(-1)!.headers;
    },
    { timeoutMs: 20_000, intervalMs: 200 },
  );
}

/** Same key, so same partition: what stands behind must not wait for what stands before. */
function record(attempt = tokenisedAttempt(), headers: Record<string, string> = {}) {
  return { key: attempt.paymentAttemptId, value: JSON.stringify(attempt), headers: foreignHeaders(headers) };
}

/** On one partition, so that what comes last is handled last. */
function inOrder(...records: ReturnType<typeof record>[]) {
  return records.map((each) => ({ ...each, partition: 0 }));
}

it('publishes what a transaction emits after its commit, and the outbox is empty again', async () => {
  const attempt = tokenisedAttempt();
  await path.app.get(EventTransactions, { strict: false }).run((tx) => {
    tx.emit(
      event({
        definition: AttemptTokenised,
        data: attempt,
        subject: attempt.paymentAttemptId,
        cause: { source: 'test', id: attempt.paymentAttemptId },
      }),
    );
    return Promise.resolve();
  });
  await eventually(async () => expect(await effectsOf(attempt.paymentAttemptId)).toBe(1), { timeoutMs: 20_000 });
  await eventually(async () => expect(await database.query('SELECT id FROM outbox')).toHaveLength(0));
});

it('publishes nothing of a transaction that fails', async () => {
  const attempt = tokenisedAttempt();
  const failing = path.app.get(EventTransactions, { strict: false }).run((tx) => {
    tx.emit(
      event({
        definition: AttemptTokenised,
        data: attempt,
        subject: attempt.paymentAttemptId,
        cause: { source: 'test', id: attempt.paymentAttemptId },
      }),
    );
    return Promise.reject(new KnownError('INTERNAL'));
  });
  await expect(failing).rejects.toThrow('Something went wrong');
  expect(await database.query('SELECT id FROM outbox')).toHaveLength(0);
});

it('takes effect once when an event is delivered three times', async () => {
  const sent = record();
  const marker = record();
  await producer.send({ topic: path.topic, messages: inOrder(sent, sent, sent, marker) });
  await eventually(async () => expect(await effectsOf(marker.key)).toBe(1));
  expect(await effectsOf(sent.key)).toBe(1);
});

it('calls an id that comes back with another payload a conflict, not a duplicate', async () => {
  const first = tokenisedAttempt();
  const headers = foreignHeaders();
  const second = { ...first, order: { ...first.order, amountMinor: '9999999' } };
  const toRecord = (value: object) => ({ key: first.paymentAttemptId, value: JSON.stringify(value), headers });
  await producer.send({ topic: path.topic, messages: [toRecord(first), toRecord(second)] });
  const letter = await deadLetterOf(first.paymentAttemptId);
  expect(letter[DEAD_LETTER_HEADERS.code]).toBe('EVENT_ID_CONFLICT');
  expect(await effectsOf(first.paymentAttemptId)).toBe(1);
});

it('calls an id that comes back later with another time a conflict', async () => {
  const attempt = tokenisedAttempt();
  const headers = foreignHeaders();
  const value = JSON.stringify(attempt);
  await producer.send({ topic: path.topic, messages: [{ key: attempt.paymentAttemptId, value, headers }] });
  await eventually(async () => expect(await effectsOf(attempt.paymentAttemptId)).toBe(1));
  const later = { ...headers, ce_time: new Date(Date.now() - 5_000).toISOString() };
  await producer.send({ topic: path.topic, messages: [{ key: attempt.paymentAttemptId, value, headers: later }] });
  const letter = await deadLetterOf(attempt.paymentAttemptId);
  expect(letter[DEAD_LETTER_HEADERS.code]).toBe('EVENT_ID_CONFLICT');
  expect(await effectsOf(attempt.paymentAttemptId)).toBe(1);
});

const deep = '['.repeat(10_000) + ']'.repeat(10_000);
const poison: Array<[string, string, (attempt: ReturnType<typeof tokenisedAttempt>) => object]> = [
  ['not JSON', 'RECORD_NOT_JSON', (a) => ({ ...record(a), value: '{"half' })],
  ['no value', 'RECORD_NOT_JSON', (a) => ({ ...record(a), value: null })],
  ['nested 10,000 deep', 'RECORD_TOO_DEEP', (a) => ({ ...record(a), value: deep })],
  ['of the wrong schema', 'RECORD_SCHEMA_INVALID', (a) => ({ ...record(a), value: '{"merchantId":7}' })],
  ['of an unknown type', 'EVENT_TYPE_UNKNOWN', (a) => record(a, { ce_type: 'tollgate.attempt.vanished.v9' })],
  ['without an envelope', 'RECORD_ENVELOPE_INVALID', (a) => ({ ...record(a), headers: {} })],
  ['too old to be told from a duplicate', 'EVENT_TIME_REFUSED', (a) => record(a, { ce_time: '2001-01-01T00:00:00Z' })],
  ['from the far future', 'EVENT_TIME_REFUSED', (a) => record(a, { ce_time: '2999-01-01T00:00:00Z' })],
  [
    'headed by bytes that are no text and treble as such',
    'RECORD_SCHEMA_INVALID',
    (a) => ({ ...record(a), value: '{}', headers: { ...foreignHeaders(), blob: Buffer.alloc(800_000, 0xff) } }),
  ],
  ['named with a NUL', 'RECORD_ENVELOPE_INVALID', (a) => record(a, { ce_id: 'a\u0000b' })],
  ['from a source with a NUL', 'RECORD_ENVELOPE_INVALID', (a) => record(a, { ce_source: 'a\u0000b' })],
  ['under another key', 'RECORD_KEY_INVALID', (a) => ({ ...record(tokenisedAttempt()), key: a.paymentAttemptId })],
  [
    'almost as large as a record may be',
    'RECORD_SCHEMA_INVALID',
    (a) => ({ ...record(a), value: JSON.stringify({ padding: 'x'.repeat(1_000_000) }) }),
  ],
];

it.each(poison)('dead-letters a record that is %s, and its partition moves on', async (_kind, code, make) => {
  const attempt = tokenisedAttempt();
  const healthy = record(attempt);
  await producer.send({ topic: path.topic, messages: [make(attempt) as never, healthy] });
  await eventually(async () => expect(await effectsOf(attempt.paymentAttemptId)).toBe(1));
  expect((await deadLetterOf(attempt.paymentAttemptId))[DEAD_LETTER_HEADERS.code]).toBe(code);
});

it('dead-letters a record without a key', async () => {
  const before = (await deadLetters()).length;
  await producer.send({ topic: path.topic, messages: [{ ...record(), key: null }] });
  await eventually(async () => expect((await deadLetters()).length).toBe(before + 1), { timeoutMs: 20_000 });
});

it('dead-letters a record whose key no text column takes, with that character replaced', async () => {
  const key = `${crypto.randomUUID()}\u0000`;
  await producer.send({ topic: path.topic, messages: [{ ...record(), key }] });
  const letter = await deadLetterOf(key.replace('\u0000', '\uFFFD'));
  expect(letter[DEAD_LETTER_HEADERS.code]).toBe('RECORD_KEY_INVALID');
});

it('finds the one record of a batch that its handler cannot take, and handles all others', async () => {
  const attempts = Array.from({ length: 40 }, () => tokenisedAttempt());
  const culprit = attempts[17]!;
  path.behaviour.failOn.set(culprit.order.orderId, () => new TypeError('cannot read the order'));
  await producer.send({ topic: path.topic, messages: attempts.map((attempt) => record(attempt)) });
  const letter = await deadLetterOf(culprit.paymentAttemptId);
  expect(letter[DEAD_LETTER_HEADERS.code]).toBe('HANDLER_FAILED');
  expect(letter[DEAD_LETTER_HEADERS.stack]).toMatch(/RecordConsumer.*handle/);
  const others = attempts.filter((attempt) => attempt !== culprit).map((attempt) => attempt.paymentAttemptId);
  await eventually(async () => expect(await effectsOf(...others)).toBe(39));
  expect(await effectsOf(culprit.paymentAttemptId)).toBe(0);
});

it('takes a re-driven dead letter once, under its own id', async () => {
  const attempt = tokenisedAttempt();
  path.behaviour.failOn.set(attempt.order.orderId, () => new TypeError('not today'));
  const sent = record(attempt);
  await producer.send({ topic: path.topic, messages: [sent] });
  await deadLetterOf(attempt.paymentAttemptId);
  path.behaviour.failOn.clear();
  const redriven = { ...sent, headers: { ...sent.headers, [REDRIVE_HEADER]: 'letter-1' } };
  const marker = record();
  await producer.send({ topic: path.topic, messages: inOrder(redriven, redriven, sent, marker) });
  await eventually(async () => expect(await effectsOf(marker.key)).toBe(1));
  expect(await effectsOf(attempt.paymentAttemptId)).toBe(1);
});

it('dead-letters a re-driven record again, with its count, when it fails again', async () => {
  const attempt = tokenisedAttempt();
  path.behaviour.failOn.set(attempt.order.orderId, () => new TypeError('still not'));
  const sent = record(attempt);
  await producer.send({ topic: path.topic, messages: [sent] });
  const letter = await deadLetterOf(attempt.paymentAttemptId);
  await producer.send({
    topic: path.topic,
    messages: [{ ...sent, headers: { ...letter, [REDRIVE_HEADER]: 'letter-2' } }],
  });
  await eventually(async () => {
    const letters = (await deadLetters()).filter(({ key }) => key === attempt.paymentAttemptId);
    expect(letters.map(({ headers }) => headers[DEAD_LETTER_HEADERS.count])).toEqual(['1', '2']);
  });
  path.behaviour.failOn.clear();
});

it('keeps a batch while its failure is retriable, and loses and dead-letters nothing', async () => {
  const attempt = tokenisedAttempt();
  let failures = 0;
  path.behaviour.failOn.set(attempt.order.orderId, () => {
    failures++;
    return new KnownError('DATABASE_CONFLICT');
  });
  await producer.send({ topic: path.topic, messages: [record(attempt)] });
  await eventually(() => expect(failures).toBeGreaterThanOrEqual(3));
  path.behaviour.failOn.clear();
  await eventually(async () => expect(await effectsOf(attempt.paymentAttemptId)).toBe(1));
  expect((await deadLetters()).filter((letter) => letter.key === attempt.paymentAttemptId)).toHaveLength(0);
});

it('dead-letters only the event that a handler rejects', async () => {
  const attempts = [tokenisedAttempt(), tokenisedAttempt(), tokenisedAttempt()];
  path.behaviour.rejects.add(attempts[1]!.order.orderId);
  await producer.send({ topic: path.topic, messages: attempts.map((attempt) => record(attempt)) });
  const letter = await deadLetterOf(attempts[1]!.paymentAttemptId);
  expect(letter[DEAD_LETTER_HEADERS.code]).toBe('ATTEMPT_CONFLICT');
  await eventually(async () =>
    expect(await effectsOf(attempts[0]!.paymentAttemptId, attempts[2]!.paymentAttemptId)).toBe(2),
  );
});

it('ships by the relay what a crash left in the outbox', async () => {
  const attempt = tokenisedAttempt();
  await database.query(
    `INSERT INTO outbox (id, topic, key, headers, value, available_at) VALUES (gen_random_uuid(), $1, $2, $3, $4, now())`,
    [path.topic, attempt.paymentAttemptId, JSON.stringify(foreignHeaders()), JSON.stringify(attempt)],
  );
  await eventually(async () => expect(await effectsOf(attempt.paymentAttemptId)).toBe(1));
  await eventually(async () => expect(await database.query('SELECT id FROM outbox')).toHaveLength(0));
});

it('ships large rows of one partition and small ones behind a row that the broker refuses', async () => {
  const large = Array.from({ length: 8 }, () => ({ ...tokenisedAttempt(), padding: 'x'.repeat(300_000) }));
  const key = large[0]!.paymentAttemptId;
  const tooLarge = { key, value: 'x'.repeat(1_100_000) };
  const rows = [tooLarge, ...large.map((attempt) => ({ key, value: JSON.stringify(attempt) })), record()];
  await database.query(
    `INSERT INTO outbox (id, topic, key, headers, value, available_at)
     SELECT lpad(to_hex(ordinal), 32, '0')::uuid, $1, key, $2, value, now()
     FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS rows (key, value, ordinal)`,
    [path.topic, JSON.stringify(foreignHeaders()), rows.map((row) => row.key), rows.map((row) => row.value)],
  );
  await eventually(async () => expect(await database.query('SELECT id FROM outbox')).toHaveLength(1), {
    timeoutMs: 20_000,
  });
  await database.query('DELETE FROM outbox');
});

it('gets through a partition whose records take too long together, in smaller batches', async () => {
  path.behaviour.eventsMax = 60;
  const attempts = Array.from({ length: 200 }, () => tokenisedAttempt());
  await producer.send({ topic: path.topic, messages: inOrder(...attempts.map((attempt) => record(attempt))) });
  await eventually(
    async () => expect(await effectsOf(...attempts.map((attempt) => attempt.paymentAttemptId))).toBe(200),
    { timeoutMs: 30_000 },
  );
  path.behaviour.eventsMax = Infinity;
});

it('lets the batches of several partitions share a transaction', async () => {
  path.behaviour.batches.length = 0;
  const attempts = Array.from({ length: 200 }, () => tokenisedAttempt());
  await producer.send({ topic: path.topic, messages: attempts.map((attempt) => record(attempt)) });
  await eventually(async () =>
    expect(await effectsOf(...attempts.map((attempt) => attempt.paymentAttemptId))).toBe(200),
  );
  // 200 keys lie on all twelve partitions; without sharing there would be at least twelve transactions.
  expect(path.behaviour.batches.length).toBeLessThan(12);
});
