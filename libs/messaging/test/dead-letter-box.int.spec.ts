import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { Log } from '@tollgate/platform';
import { eventually, testDatabase, testTopicPrefix, tokenisedAttempt } from '@tollgate/testing';
import type { Producer } from 'kafkajs';
import { type AssessedLetter, DeadLetterBox, REDRIVE_FOR_HEADER, REDRIVE_HEADER } from '../src/index.ts';
import { type EventPathApp, foreignHeaders, SERVICE, startEventPath, startForeignProducer } from './event-path.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const deed = { by: 'tester' };
let path: EventPathApp;
let producer: Producer;
let box: DeadLetterBox;

beforeAll(async () => {
  path = await startEventPath(database, topics);
  producer = await startForeignProducer(topics);
  box = await DeadLetterBox.open({
    settings: { service: 'ops', brokers: [topics.brokers], topicPrefix: topics.prefix, replicationFactor: -1 },
    inboxOf: () => ({ databaseUrl: database.url, schema: database.schema }),
    log: Log.create({ service: 'ops', level: 'silent' }),
  });
}, 60_000);

afterEach(() => path.behaviour.failOn.clear());

afterAll(async () => {
  await box?.close();
  await producer?.disconnect();
  await path?.close();
});

type Attempt = ReturnType<typeof tokenisedAttempt>;

function record(attempt: Attempt, headers: Record<string, string> = {}) {
  return { key: attempt.paymentAttemptId, value: JSON.stringify(attempt), headers: foreignHeaders(headers) };
}

async function send(...records: Array<{ key: string; value: string; headers: Record<string, string> }>): Promise<void> {
  // One partition, so that what is sent last is handled last.
  await producer.send({ topic: path.topic, messages: records.map((each) => ({ ...each, partition: 0 })) });
}

/** Kills these attempts' handler, sends them, and waits for their letters. */
async function letDie(...attempts: Attempt[]): Promise<AssessedLetter[]> {
  for (const attempt of attempts) {
    path.behaviour.failOn.set(attempt.order.orderId, () => new TypeError('not today'));
  }
  await send(...attempts.map((attempt) => record(attempt)));
  const letters = await lettersOf(attempts, attempts.length);
  path.behaviour.failOn.clear();
  return letters;
}

async function lettersOf(attempts: readonly Attempt[], count: number): Promise<AssessedLetter[]> {
  const keys = new Set<string | null>(attempts.map((attempt) => attempt.paymentAttemptId));
  return eventually(
    async () => {
      const letters = (await box.list()).filter(({ key }) => keys.has(key));
      expect(letters).toHaveLength(count);
      return letters;
    },
    { timeoutMs: 20_000 },
  );
}

async function effectsOf(...attempts: Attempt[]): Promise<number> {
  const ids = attempts.map((attempt) => attempt.paymentAttemptId);
  const rows = await database.query<{ n: bigint }>(
    'SELECT count(*) AS n FROM effects WHERE attempt_id = ANY($1::text[])',
    [ids],
  );
  return Number(rows[0]!.n);
}

/** Everything that was sent before has been handled when this record has. */
async function settle(): Promise<void> {
  const marker = tokenisedAttempt();
  const partitions = Array.from({ length: 12 }, (_, partition) => partition);
  const markers = partitions.map((partition) => ({
    ...record({ ...marker, paymentAttemptId: crypto.randomUUID() }),
    partition,
  }));
  await producer.send({ topic: path.topic, messages: markers });
  await eventually(async () => {
    const rows = await database.query<{ n: bigint }>('SELECT count(*) AS n FROM effects WHERE attempt_id = ANY($1)', [
      markers.map(({ key }) => key),
    ]);
    expect(Number(rows[0]!.n)).toBe(markers.length);
  });
}

it('lists a dead letter with its origin, its reason and what a re-drive would bring', async () => {
  const attempt = tokenisedAttempt();
  const [letter] = await letDie(attempt);
  expect(letter).toMatchObject({
    consumer: SERVICE,
    origin: { topic: path.topic, partition: 0 },
    code: 'HANDLER_FAILED',
    reason: { message: 'The handler failed with TypeError' },
    count: 1,
    state: 'open',
    forecast: 'handle',
  });
  expect(letter!.id).toBe(`${SERVICE}/attempts.v1/0/${letter!.origin.offset}`);
  expect(letter!.stack.join('\n')).toMatch(/RecordConsumer.*handle/);
  expect((await box.find(letter!.id))!.value!.toString()).toBe(JSON.stringify(attempt));
});

it('re-drives a letter under its own id: it takes effect once, also when it is run twice', async () => {
  const attempt = tokenisedAttempt();
  const [letter] = await letDie(attempt);
  const progress: number[] = [];
  const ids = new Set([letter!.id]);
  await box.redrive(ids, deed, ({ sent }) => progress.push(sent));
  await box.redrive(ids, deed);
  await eventually(async () => expect(await effectsOf(attempt)).toBe(1));
  await settle();
  expect(await effectsOf(attempt)).toBe(1);
  expect(progress).toEqual([1]);
  const [after] = await lettersOf([attempt], 1);
  expect(after).toMatchObject({ state: 'handled', forecast: 'absorb', note: { action: 're-driven', by: 'tester' } });
});

it('takes effect once when a re-drive is killed between sending and noting, and run again', async () => {
  const attempts = Array.from({ length: 3 }, () => tokenisedAttempt());
  const letters = await letDie(...attempts);
  const ids = new Set(letters.map(({ id }) => id));
  const killed = box.redrive(ids, deed, () => {
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  await box.redrive(ids, deed);
  await eventually(async () => expect(await effectsOf(...attempts)).toBe(3));
  await settle();
  expect(await effectsOf(...attempts)).toBe(3);
});

it('shows a letter that died again once, as the newer one, with its count', async () => {
  const attempt = tokenisedAttempt();
  const [letter] = await letDie(attempt);
  path.behaviour.failOn.set(attempt.order.orderId, () => new TypeError('still not'));
  await box.redrive(new Set([letter!.id]), deed);
  const letters = await lettersOf([attempt], 2);
  expect(letters.map(({ state, count }) => ({ state, count }))).toEqual([
    { state: 'superseded', count: 1 },
    { state: 'open', count: 2 },
  ]);
  expect(letters[1]!.receivedAt).toEqual(letters[0]!.receivedAt);
  path.behaviour.failOn.clear();
  await box.redrive(new Set([letters[1]!.id]), deed);
  await eventually(async () => expect(await effectsOf(attempt)).toBe(1));
});

it('keeps who discarded a letter, when and why', async () => {
  const attempt = tokenisedAttempt();
  const [letter] = await letDie(attempt);
  await box.discard([letter!.id], { by: 'tester', reason: 'a test order' });
  const [after] = await lettersOf([attempt], 1);
  expect(after).toMatchObject({
    state: 'discarded',
    note: { action: 'discarded', by: 'tester', reason: 'a test order', at: expect.stringMatching(/Z$/) as unknown },
  });
});

it('foretells a conflict for an id that belongs to another event', async () => {
  const first = tokenisedAttempt();
  const other = tokenisedAttempt();
  const ce_id = crypto.randomUUID();
  await send(record(first, { ce_id }), record(other, { ce_id }));
  const [letter] = await lettersOf([other], 1);
  expect(letter).toMatchObject({ code: 'EVENT_ID_CONFLICT', forecast: 'conflict' });
});

it('foretells that a record which fits no schema is refused again', async () => {
  const attempt = tokenisedAttempt();
  await send({ ...record(attempt), value: '{"merchantId":7}' });
  const [letter] = await lettersOf([attempt], 1);
  expect(letter).toMatchObject({ forecast: 'refuse', refusal: { code: 'RECORD_SCHEMA_INVALID' } });
});

it('leaves alone what is re-driven for another consumer', async () => {
  const attempt = tokenisedAttempt();
  const [letter] = await letDie(attempt);
  const forAnother = { [REDRIVE_HEADER]: 'another/attempts.v1/0/1', [REDRIVE_FOR_HEADER]: 'another' };
  const original = (await box.find(letter!.id))!;
  const ownHeaders = Object.entries(original.headers).filter(([name]) => name.startsWith('ce_'));
  await send(
    { ...record(attempt), headers: { ...Object.fromEntries(ownHeaders), ...forAnother } },
    { key: attempt.paymentAttemptId, value: 'no envelope', headers: forAnother },
  );
  await settle();
  expect(await effectsOf(attempt)).toBe(0);
  expect((await lettersOf([attempt], 1))[0]).toMatchObject({ state: 'open' });
});

it('takes a re-drive that comes in one batch with its original, read anew after a crash', async () => {
  const attempt = tokenisedAttempt();
  const [letter] = await letDie(attempt);
  const { headers, value } = (await box.find(letter!.id))!;
  const copy = { key: attempt.paymentAttemptId, value: value!.toString(), headers: { ...headers } };
  await send(copy, { ...copy, headers: { ...headers, [REDRIVE_HEADER]: letter!.id } });
  await eventually(async () => expect(await effectsOf(attempt)).toBe(1));
});
