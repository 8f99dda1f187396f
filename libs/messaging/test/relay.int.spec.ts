import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { Log, Metrics } from '@tollgate/platform';
import { eventually, testDatabase } from '@tollgate/testing';
import kafkajs from 'kafkajs';
import { messagingMigrations } from '../src/index.ts';
import { MessagingMetrics } from '../src/messaging.metrics.ts';
import type { OutboxRow } from '../src/outbox.ts';
import { Relay } from '../src/relay.job.ts';

const { KafkaJSNumberOfRetriesExceeded, KafkaJSProtocolError } = kafkajs;

const testing = await testDatabase(import.meta.url);
let database: Database;
let metrics: MessagingMetrics;
let relays: Relay[];

beforeAll(async () => {
  database = await Database.open({
    service: 'relaying',
    databaseUrl: testing.url,
    schema: testing.schema,
    migrations: [...messagingMigrations],
  });
});

beforeEach(async () => {
  await testing.query('DELETE FROM outbox');
  metrics = new MessagingMetrics(new Metrics('relaying'));
  relays = [];
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
});

afterAll(() => database?.close());

function startRelay(send: (rows: readonly OutboxRow[]) => Promise<void>, on: Pick<Database, 'query'> = database): void {
  const relay = new Relay(on, { send }, metrics, Log.create({ service: 'relaying', level: 'silent' }));
  relays.push(relay);
  relay.start();
}

async function leaveBehind(rows: number, bytes: number, topic = 'attempts'): Promise<void> {
  await testing.query(
    `INSERT INTO outbox (id, topic, key, headers, value, available_at)
     SELECT gen_random_uuid(), $3, 'key', '{}', repeat('x', $2::integer), now()
     FROM generate_series(1, $1::integer)`,
    [rows, bytes, topic],
  );
}

/** The broker's own word on a send, as the publisher passes it on. */
function refusal(type: string, retriable: boolean): KnownError {
  const word = new KafkaJSProtocolError(Object.assign(new Error(type), { type, retriable }));
  const cause = retriable ? new KafkaJSNumberOfRetriesExceeded(word, { retryCount: 5, retryTime: 50 }) : word;
  return new KnownError('BROKER_UNAVAILABLE', { cause });
}

async function countRows(condition: string): Promise<number> {
  const [row] = await testing.query<{ n: string }>(`SELECT count(*)::text AS n FROM outbox WHERE ${condition}`);
  return Number(row!.n);
}

it('two relays share a backlog of many leases, and no row is sent twice', async () => {
  await leaveBehind(9_000, 100);
  const sent: string[] = [];
  const send = (rows: readonly OutboxRow[]): Promise<void> => {
    sent.push(...rows.map((row) => row.id));
    return Promise.resolve();
  };
  startRelay(send);
  startRelay(send);
  await eventually(async () => expect(await countRows('true')).toBe(0));
  expect(sent).toHaveLength(9_000);
  expect(new Set(sent).size).toBe(9_000);
});

it('large rows are leased a few at a time', async () => {
  await leaveBehind(40, 500_000);
  const leased: number[] = [];
  startRelay(async () => {
    leased.push(await countRows('available_at > clock_timestamp()'));
  });
  // Twenty megabytes, on a machine that runs other tests beside.
  await eventually(async () => expect(await countRows('true')).toBe(0), { timeoutMs: 40_000 });
  // Two leases of 2 MB, and a row more for what each begins.
  expect(Math.max(...leased)).toBeLessThanOrEqual(10);
});

it('a broker that is away costs few rows their turn, and the depth is measured all the same', async () => {
  await leaveBehind(5_000, 100);
  const leased: number[] = [];
  startRelay(async () => {
    leased.push(await countRows('available_at > clock_timestamp()'));
    throw new KnownError('BROKER_UNAVAILABLE');
  });
  await eventually(() => expect(leased[0]).toBe(200));
  await eventually(async () => expect((await metrics.outboxDepth.get()).values[0]?.value).toBe(5_000));
});

it.each([
  {
    count: 5_000,
    what: 'rows of a topic that is missing',
    topic: 'a',
    word: refusal('UNKNOWN_TOPIC_OR_PARTITION', true),
  },
  { count: 5_000, what: 'rows of a forbidden topic', topic: 'a', word: refusal('TOPIC_AUTHORIZATION_FAILED', false) },
  { count: 3, what: 'records that a broker never takes', topic: 'attempts', word: refusal('INVALID_RECORD', false) },
])('$count $what keep no other row back', async ({ count, topic, word }) => {
  await leaveBehind(count, 13, topic);
  await leaveBehind(3_000, 100);
  let refusals = 0;
  startRelay((rows) => {
    if (!rows.some(({ value }) => value?.length === 13)) return Promise.resolve();
    refusals += 1;
    return Promise.reject(word);
  });
  await eventually(async () => expect(await countRows('true')).toBe(count));
  expect(await countRows('octet_length(value) = 13')).toBe(count);
  // By topic, or down to each of a few rows: not once for every row.
  expect(refusals).toBeLessThan(100);
});

it('a backlog that takes too long to count is shipped', async () => {
  await leaveBehind(500, 100);
  const slow: Pick<Database, 'query'> = {
    query: (statement, values) =>
      statement.name === 'measure-outbox'
        ? Promise.reject(new KnownError('DATABASE_CONFLICT'))
        : database.query(statement, values),
  };
  startRelay(() => Promise.resolve(), slow);
  await eventually(async () => expect(await countRows('true')).toBe(0));
});
