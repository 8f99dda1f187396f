import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, expect, it } from '@jest/globals';
import { startKafka } from '@tollgate/backends';
import { TcpProxy, databaseUrl, freePort, integrityRun, startStack } from '@tollgate/testing';
import type { Direction } from '@tollgate/testing';

import { LoadedStack } from './loaded-stack.ts';

const run = integrityRun();

/** Clients of the broker are told to come to the proxy, so it needs a listener of its own, and a broker of its own. */
const brokerPort = await freePort();
const emulatorPort = await freePort();
const links = {
  database: await TcpProxy.start({ target: Number(new URL(databaseUrl()).port) }),
  broker: await TcpProxy.start({ target: brokerPort }),
  provider: await TcpProxy.start({ target: emulatorPort }),
};
const broker = await startKafka({
  dataDir: mkdtempSync(join(tmpdir(), 'tollgate-test-broker-')),
  ephemeral: true,
  proxied: { port: brokerPort, advertisedPort: links.broker.port },
});
const loaded = new LoadedStack(
  await startStack(import.meta.url, {
    brokers: broker.brokers,
    ports: { sandbox: emulatorPort },
    proxied: {
      brokers: `127.0.0.1:${links.broker.port}`,
      databasePort: links.database.port,
      primerApiUrl: `http://127.0.0.1:${links.provider.port}`,
    },
    environmentOf: { gateway: { GATEWAY_NONE_COUNTS_AFTER_MS: '10000' } },
  }),
);
afterAll(async () => {
  await Promise.all(Object.values(links).map((link) => link.close()));
  await broker.stop();
});

type LinkName = keyof typeof links;
const LINKS = ['database', 'broker', 'provider'] as const satisfies readonly LinkName[];
const DIRECTIONS = ['toServer', 'toClient'] as const satisfies readonly Direction[];

const CUTS = run.choose({ short: 2, quick: 6, full: 15 });
/** How long a half-open network stays so: longer than most time-outs of a client. */
const OUTAGE_MS = run.choose({ short: 4_000, quick: 8_000, full: 12_000 });
const LATENCY_MS_MAX = 30;

it('a slow network with jitter breaks no promise', async () => {
  const latency = run.random('latency');
  const violations = await loaded.survive({
    faultClass: 'network',
    scenario: 'slow',
    inject: async ({ flow }) => {
      for (const name of LINKS) links[name].slow(() => latency.integer(0, LATENCY_MS_MAX));
      await flow(run.choose({ short: 20, quick: 100, full: 400 }));
      for (const name of LINKS) links[name].heal();
      return LINKS.length;
    },
  });

  expect(violations).toEqual([]);
}, 240_000);

it(`connections reset ${CUTS} times in the middle of their work break no promise`, async () => {
  const violations = await loaded.survive({
    faultClass: 'network',
    scenario: 'reset',
    inject: async ({ random, flow }) => {
      let cut = 0;
      for (let round = 0; round < CUTS; round += 1) {
        cut += links[random.pick(LINKS)].reset();
        await flow(random.integer(1, 20));
      }
      return cut;
    },
  });

  expect(violations).toEqual([]);
}, 300_000);

const outages = LINKS.flatMap((link) => DIRECTIONS.map((direction) => ({ link, direction })));

it.each(outages)(
  'a network that loses bytes of the $link $direction breaks no promise',
  async ({ link, direction }) => {
    const violations = await loaded.survive({
      faultClass: 'network',
      scenario: `one way down, bytes lost, ${link} ${direction}`,
      inject: async ({ flow }) => {
        links[link].loseBytes(direction);
        await delay(OUTAGE_MS);
        links[link].heal();
        await flow(20);
        return 1;
      },
    });

    expect(links[link].lostBytes).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  },
  240_000,
);
