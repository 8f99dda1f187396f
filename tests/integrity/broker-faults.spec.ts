import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, expect, it } from '@jest/globals';
import { startKafka } from '@tollgate/backends';
import { integrityRun, startStack } from '@tollgate/testing';

import { LoadedStack, SOON_QUIET } from './loaded-stack.ts';

const run = integrityRun();
const KILLS = run.choose({ short: 1, quick: 2, full: 6 });
/** How long the broker stays away, at most: longer than one try to publish. */
const OUTAGE_MS_MAX = run.choose({ short: 3_000, quick: 6_000, full: 10_000 });

// A broker of its own: the others' tests need theirs alive.
const broker = await startKafka({ dataDir: mkdtempSync(join(tmpdir(), 'tollgate-test-broker-')), ephemeral: true });
const loaded = new LoadedStack(
  await startStack(import.meta.url, {
    brokers: broker.brokers,
    environmentOf: SOON_QUIET,
  }),
);
afterAll(() => broker.stop());

it(`kill -9 of the broker and its restart, ${KILLS} times in the middle of its work, breaks no promise`, async () => {
  const violations = await loaded.survive({
    faultClass: 'broker',
    scenario: 'kill -9 and restart',
    inject: async ({ random, flow }) => {
      for (let kills = 0; kills < KILLS; kills += 1) {
        await broker.kill9();
        await delay(random.integer(0, OUTAGE_MS_MAX));
        await broker.restart();
        await flow(random.integer(5, 20));
      }
      return KILLS;
    },
  });

  expect(violations).toEqual([]);
}, 400_000);

it('a clean restart of the broker breaks no promise', async () => {
  const violations = await loaded.survive({
    faultClass: 'broker',
    scenario: 'clean restart',
    inject: async ({ flow }) => {
      await broker.restart();
      await flow(10);
      return 1;
    },
  });

  expect(violations).toEqual([]);
}, 200_000);
