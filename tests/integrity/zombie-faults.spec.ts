import { setTimeout as delay } from 'node:timers/promises';

import { expect, it } from '@jest/globals';
import { DATABASE_APPS, integrityRun, startStack } from '@tollgate/testing';
import type { Random, ServiceProcess } from '@tollgate/testing';

import { LoadedStack, SOON_QUIET } from './loaded-stack.ts';

const run = integrityRun();
const SESSION_TIMEOUT_MS = 2_000;
/** Longer than a session; the longest also outlasts the server's patience with a transaction that sits idle. */
const FROZEN_MS = { min: 2 * SESSION_TIMEOUT_MS, max: 7_000 };
const FREEZES = run.choose({ short: 2, quick: 5, full: 20 });
/** Tries to freeze a service while it has a transaction open; then it is frozen wherever it is. */
const CATCHES_MAX = 100;
/** A statement takes less: what sits idle inside a transaction for so long is frozen. */
const IDLE_MS = 100;

const loaded = new LoadedStack(
  await startStack(import.meta.url, {
    environment: { KAFKA_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS) },
    environmentOf: SOON_QUIET,
  }),
);
const { stack } = loaded;
for (const app of DATABASE_APPS) (await stack.addTwin(app)).start();
const instances = stack.instances(DATABASE_APPS);
await Promise.all(instances.map((service) => service.ready()));

it(`an owner of partitions that is frozen ${FREEZES} times beyond its session writes nothing when it wakes`, async () => {
  let caughtInTransaction = 0;
  const violations = await loaded.survive({
    faultClass: 'process',
    scenario: 'SIGSTOP beyond the session time-out',
    inject: async ({ random, flow }) => {
      // Each service's turn comes before one's second.
      const order = Array.from({ length: FREEZES }, () => random.shuffle(DATABASE_APPS)).flat();
      for (const app of order.slice(0, FREEZES)) {
        const [first, twin] = stack.instances([app]);
        // No balancer takes the shops from the intake they post to over to its twin.
        const zombie = app === 'intake' ? twin! : random.pick([first!, twin!]);
        if (await freeze(zombie, random)) caughtInTransaction += 1;
        await delay(random.integer(FROZEN_MS.min, FROZEN_MS.max));
        // Its twin has taken over by now, and its work goes on.
        await flow(5);
        zombie.thaw();
        await zombie.ready();
        await flow(5);
      }
      return FREEZES;
    },
    notes: () => [`frozen inside an open transaction: ${caughtInTransaction}`],
  });

  expect(violations).toEqual([]);
}, 600_000);

/**
 * Freezes a service, inside an open transaction where that comes about: the moment at which a late write would hurt.
 * @returns whether it came about
 */
async function freeze(service: ServiceProcess, random: Random): Promise<boolean> {
  for (let tries = 0; tries < CATCHES_MAX; tries += 1) {
    service.freeze();
    if (await hasIdleTransaction(service)) return true;
    service.thaw();
    await delay(random.integer(1, 10));
  }
  service.freeze();
  return false;
}

async function hasIdleTransaction({ app }: ServiceProcess): Promise<boolean> {
  const findIdle = (): Promise<{ pid: number }[]> =>
    stack.query(
      `SELECT pid FROM pg_stat_activity JOIN pg_namespace ON usesysid = nspowner
        WHERE nspname = '{${app}}' AND state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - $1 * interval '1 ms'`,
      [IDLE_MS],
    );
  await delay(IDLE_MS);
  return (await findIdle()).length > 0;
}
