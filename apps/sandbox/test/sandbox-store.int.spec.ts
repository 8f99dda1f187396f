import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Metrics } from '@tollgate/platform';
import { join } from 'node:path';
import { SandboxStore } from '../src/store/sandbox.store.ts';
import { temporaryFolder } from './emulator.ts';

let folder: ReturnType<typeof temporaryFolder>;
let store: SandboxStore;

beforeEach(() => {
  folder = temporaryFolder();
  store = openStore();
});

afterEach(async () => {
  await store.onApplicationShutdown();
  folder.remove();
});

function openStore(): SandboxStore {
  return new SandboxStore(join(folder.path, 'folder', 'store.db'), new Metrics('test'));
}

function write(name: string): void {
  store.statement('INSERT INTO setting (name, value) VALUES (?, ?)').run(name, 'x');
}

function names(): unknown[] {
  return store
    .statement('SELECT name FROM setting ORDER BY name')
    .all()
    .map((row) => row['name']);
}

it('a work that throws leaves nothing behind and takes no neighbour with it', async () => {
  const works = [
    store.transaction(() => write('first')),
    store.transaction(() => {
      write('half done');
      throw new Error('no');
    }),
    store.transaction(() => write('last')),
  ];
  expect((await Promise.allSettled(works)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(names()).toEqual(['first', 'last']);
});

it('is emptied as fast as it is full, however many rows point at others', async () => {
  const ROWS = 30_000;
  const count = (table: string) => store.statement(`SELECT count(*) AS rows FROM ${table}`).get()!['rows'];
  const series = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${ROWS})`;
  await store.transaction(() => {
    store
      .statement(
        `${series} INSERT INTO client_session (id, tenant_id, token_hash, token_expires_at, approval_mode, details, created_at)
         SELECT i, 'default', i, 0, 'MANUAL', '{}', 0 FROM n`,
      )
      .run();
    store
      .statement(
        `${series} INSERT INTO payment_attempt
           (id, session_id, tenant_id, instrument, approval_status, webhook_delay_ms, webhook_duplicates, created_at, expires_at)
         SELECT i, i, 'default', '{}', 'ABORTED', 0, 0, 0, 0 FROM n`,
      )
      .run();
  });
  expect([count('client_session'), count('payment_attempt')]).toEqual([ROWS, ROWS]);
  await store.transaction(() => store.deleteEverything());
  expect([count('client_session'), count('payment_attempt')]).toEqual([0, 0]);
});

it('a work that is carried out again, because a neighbour failed, has taken back what it did in memory', async () => {
  let inMemory = 0;
  const works = [
    store.transaction(() => {
      inMemory += 1;
      store.onRollback(() => (inMemory -= 1));
    }),
    store.transaction(() => {
      throw new Error('no');
    }),
  ];
  await Promise.allSettled(works);
  expect(inMemory).toBe(1);
});

it('works that arrive together are done in the order of their arrival', async () => {
  const order: number[] = [];
  await Promise.all(Array.from({ length: 250 }, async (_nothing, index) => store.transaction(() => order.push(index))));
  expect(order).toEqual(Array.from({ length: 250 }, (_nothing, index) => index));
});

it('a work that is waiting when the store closes is still stored', async () => {
  const work = store.transaction(() => write('at the last moment'));
  await store.onApplicationShutdown();
  await work;
  store = openStore();
  expect(names()).toEqual(['at the last moment']);
});

it('a setting is made once and kept over a restart', async () => {
  const made = store.getOrCreateSetting('key', () => 'one');
  await store.onApplicationShutdown();
  store = openStore();
  expect([made, store.getOrCreateSetting('key', () => 'two')]).toEqual(['one', 'one']);
});

it('a second owner of the file is refused, with the name of the file', () => {
  expect(openStore).toThrow(/data file .*store\.db cannot be opened; does another emulator use it/);
});
