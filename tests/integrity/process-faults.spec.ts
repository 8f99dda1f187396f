import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from '@jest/globals';
import { APPS, integrityRun, startStack } from '@tollgate/testing';

import { LoadedStack, SOON_QUIET } from './loaded-stack.ts';

const run = integrityRun();
const KILLS = run.choose({ short: 6, quick: 25, full: 110 });
/** Services that die in the same moment, at most. */
const KILLED_AT_ONCE_MAX = 3;
/** From a start to the next kill, at most: some are killed while they start. */
const LIFE_MS_MAX = 3_000;

const loaded = new LoadedStack(
  await startStack(import.meta.url, {
    environment: { KAFKA_SESSION_TIMEOUT_MS: '2000' },
    environmentOf: SOON_QUIET,
  }),
);
const { services } = loaded.stack;

it(`${KILLS} times kill -9 of services picked at random, several at once, breaks no promise`, async () => {
  const violations = await loaded.survive({
    faultClass: 'process',
    scenario: 'kill -9',
    inject: async ({ random, flow }) => {
      let kills = 0;
      while (kills < KILLS) {
        const victims = random.shuffle(APPS).slice(0, random.integer(1, KILLED_AT_ONCE_MAX));
        await Promise.all(victims.map((app) => services[app].kill9()));
        for (const app of victims) services[app].start();
        kills += victims.length;
        if (random.chance(0.3)) await delay(random.integer(0, LIFE_MS_MAX));
        else await flow(random.integer(1, 10));
      }
      return kills;
    },
  });

  expect(violations).toEqual([]);
}, 600_000);
