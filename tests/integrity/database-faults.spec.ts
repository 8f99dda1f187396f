import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, expect, it } from '@jest/globals';
import { startPostgres } from '@tollgate/backends';
import { integrityRun, startStack } from '@tollgate/testing';

import { LoadedStack, SOON_QUIET } from './loaded-stack.ts';

const run = integrityRun();
const STOPS = run.choose({ short: 1, quick: 3, full: 8 });
const STORMS = run.choose({ short: 5, quick: 20, full: 100 });
/** How long the database stays away, at most: longer than services wait for a connection. */
const OUTAGE_MS_MAX = run.choose({ short: 2_000, quick: 6_000, full: 8_000 });
const STORM_PAUSE_MS_MAX = 1_000;

// One of its own: the others' tests need theirs alive, and a recovery proves something only when commits reach the disk.
const postgres = await startPostgres({
  dataDir: mkdtempSync(join(tmpdir(), 'tollgate-test-postgres-')),
  durable: true,
  ephemeral: true,
});
const loaded = new LoadedStack(
  await startStack(import.meta.url, {
    databaseUrl: postgres.url,
    environmentOf: SOON_QUIET,
  }),
);
afterAll(() => postgres.stop());

it(`an immediate stop of PostgreSQL, ${STOPS} times in the middle of its work, breaks no promise`, async () => {
  const violations = await loaded.survive({
    faultClass: 'database',
    scenario: 'immediate stop and restart',
    inject: async ({ random, flow }) => {
      for (let stops = 0; stops < STOPS; stops += 1) {
        await postgres.stopImmediately();
        await delay(random.integer(0, OUTAGE_MS_MAX));
        await postgres.restart();
        await flow(random.integer(5, 20));
      }
      return STOPS;
    },
  });

  expect(violations).toEqual([]);
}, 400_000);

it(`pg_terminate_backend on every connection of the services, ${STORMS} times, breaks no promise`, async () => {
  const violations = await loaded.survive({
    faultClass: 'database',
    scenario: 'pg_terminate_backend storm',
    inject: async ({ random, flow }) => {
      let terminated = 0;
      for (let storms = 0; storms < STORMS; storms += 1) {
        const [row] = await loaded.stack.query<{ count: number }>(
          `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
            WHERE starts_with(application_name, 'tollgate-')`,
        );
        terminated += row?.count ?? 0;
        await delay(random.integer(0, STORM_PAUSE_MS_MAX));
      }
      await flow(10);
      return terminated;
    },
  });

  expect(violations).toEqual([]);
}, 400_000);
