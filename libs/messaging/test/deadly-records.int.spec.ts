import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Database } from '@tollgate/persistence';
import { testDatabase } from '@tollgate/testing';
import { DeadlyRecords } from '../src/deadly-records.ts';
import { messagingMigrations } from '../src/index.ts';
import { DEADLY_TRIES_MAX } from '../src/messaging.config.ts';

const testSchema = await testDatabase(import.meta.url);
const place = { topic: 'attempts', partition: 3 };
let database: Database;

beforeAll(async () => {
  database = await Database.open({
    service: 'recorder',
    databaseUrl: testSchema.url,
    schema: testSchema.schema,
    migrations: [...messagingMigrations],
  });
});
beforeEach(() => testSchema.query('TRUNCATE in_hand'));
afterAll(() => database.close());

/** A process that takes what it is given and dies: a new object reads what the old one has noted. */
const nextProcess = () => new DeadlyRecords(database, 'recorder');
const wide = { firstOffset: 100n, lastOffset: 149n };

async function dieHolding(range: { firstOffset: bigint; lastOffset: bigint }, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await nextProcess().take(place, range);
  }
}

it('handles a range together while its deaths are few', async () => {
  await dieHolding(wide, DEADLY_TRIES_MAX - 1);
  expect(await nextProcess().isolateUntil(place, 100n)).toBeUndefined();
});

it('isolates the records of a range that was in hand at every death', async () => {
  await dieHolding(wide, DEADLY_TRIES_MAX);
  expect(await nextProcess().isolateUntil(place, 100n)).toBe(149n);
});

it('forbids the record that was alone in hand at every death, and only that', async () => {
  await dieHolding(wide, DEADLY_TRIES_MAX);
  for (let i = 0; i < DEADLY_TRIES_MAX; i++) {
    const process = nextProcess();
    expect(await process.isolateUntil(place, 100n)).toBe(149n);
    // The innocent ones before it are handled again and again; the process dies holding 117.
    for (const innocent of [115n, 116n]) {
      expect(await process.take(place, alone(innocent))).toBe(true);
      await process.done(place, innocent);
    }
    expect(await process.take(place, alone(117n))).toBe(true);
  }
  const survivor = nextProcess();
  expect(await survivor.isolateUntil(place, 117n)).toBe(149n);
  expect(await survivor.take(place, alone(116n))).toBe(true);
  expect(await survivor.take(place, alone(117n))).toBe(false);
});

it('takes a record that died often no further', async () => {
  for (let i = 0; i < DEADLY_TRIES_MAX; i++) {
    expect(await nextProcess().take(place, alone(117n))).toBe(true);
  }
  expect(await nextProcess().take(place, alone(117n))).toBe(false);
});

it('forgets its suspicion when the range is done', async () => {
  await dieHolding(wide, DEADLY_TRIES_MAX);
  const survivor = nextProcess();
  await survivor.isolateUntil(place, 100n);
  await survivor.done(place, 149n);
  expect(await survivor.isolateUntil(place, 150n)).toBeUndefined();
  expect(await testSchema.query('SELECT * FROM in_hand')).toHaveLength(0);
});

it('counts a new range from one', async () => {
  await dieHolding(wide, DEADLY_TRIES_MAX - 1);
  await dieHolding({ firstOffset: 150n, lastOffset: 190n }, 1);
  expect(await testSchema.query('SELECT tries FROM in_hand')).toEqual([{ tries: 1 }]);
});

function alone(offset: bigint) {
  return { firstOffset: offset, lastOffset: offset, isolateUntil: 149n };
}

it('counts no try that the process has outlived as a death, whatever assignments come between', async () => {
  await dieHolding(alone(117n), 2);
  const living = nextProcess();
  for (let i = 0; i < 2 * DEADLY_TRIES_MAX; i++) {
    expect(await living.isolateUntil(place, 117n)).toBe(149n);
    expect(await living.take(place, alone(117n))).toBe(true);
    await living.survived(place);
    living.reset();
  }
});
