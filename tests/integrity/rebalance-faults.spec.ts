import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from '@jest/globals';
import { DATABASE_APPS, integrityRun, startStack } from '@tollgate/testing';

import { LoadedStack, SOON_QUIET } from './loaded-stack.ts';

const run = integrityRun();
const STORM_MS = run.choose({ short: 10_000, quick: 40_000, full: 120_000 });
/** A consumer joins or leaves so often. */
const INTERVAL_MS = 3_000;

const loaded = new LoadedStack(
  await startStack(import.meta.url, {
    environment: { KAFKA_SESSION_TIMEOUT_MS: '2000' },
    environmentOf: SOON_QUIET,
  }),
);

it(`consumers that join and leave for ${STORM_MS / 1_000} s break no promise`, async () => {
  const twins = await Promise.all(DATABASE_APPS.map((app) => loaded.stack.addTwin(app)));
  const violations = await loaded.survive({
    faultClass: 'rebalance',
    scenario: `a consumer joins or leaves every ${INTERVAL_MS / 1_000} s`,
    inject: async ({ random, flow }) => {
      const endsAt = performance.now() + STORM_MS;
      let changes = 0;
      while (performance.now() < endsAt) {
        const twin = random.pick(twins);
        // Leaving cleanly tells the group at once; dying is noticed when the session is over. Both happen.
        const leaving = !twin.isRunning ? twin.start() : random.chance(0.5) ? twin.stop() : twin.kill9();
        await Promise.all([leaving, delay(INTERVAL_MS)]);
        changes += 1;
      }
      await Promise.all(twins.map((twin) => twin.stop()));
      await flow(10);
      return changes;
    },
  });

  expect(violations).toEqual([]);
}, 400_000);
