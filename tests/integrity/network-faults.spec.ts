import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, expect, it } from '@jest/globals';
import { startKafka } from '@tollgate/backends';
import { TcpProxy, databaseUrl, freePort, integrityRun, startStack } from '@tollgate/testing';
import type { Direction } from '@tollgate/testing';

import { LoadedStack, SOON_QUIET } from './loaded-stack.ts';

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
    environmentOf: SOON_QUIET,
  }),
);
afterAll(async () => {
  await Promise.all(Object.values(links).map((link) => link.close()));
  await broker.stop();
});

type LinkName = keyof typeof links;
const LINKS = ['database', 'broker', 'provider'] as const satisfies readonly LinkName[];
const DIRECTIONS = ['toServer', 'toClient'] as const satisfies readonly Direction[];

/** `lost`: what was sent never arrives, the connection stays dead. `held`: it arrives when the network is well again. */
const WAYS_DOWN = ['lost', 'held'] as const;

const OUTAGES = run.choose({ short: 1, quick: 5, full: 12 });
const CUTS = run.choose({ short: 2, quick: 6, full: 15 });
/** How long a half-open network stays so: longer than most time-outs of a client. */
const OUTAGE_MS = run.choose({ short: 3_000, quick: 8_000, full: 12_000 });
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
}, 400_000);

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

/** Every way in which one direction of a link can be down, as many of them as the scale has time for. */
const outages = run
  .random('outages')
  .shuffle(LINKS.flatMap((link) => DIRECTIONS.flatMap((way) => WAYS_DOWN.map((bytes) => ({ link, way, bytes })))))
  .slice(0, OUTAGES);

it.each(outages)(
  'a network in which bytes of the $link on their way $way are $bytes breaks no promise',
  async ({ link, way, bytes }) => {
    const violations = await loaded.survive({
      faultClass: 'network',
      scenario: `one way down, ${bytes}: ${link} ${way}`,
      inject: async ({ flow }) => {
        if (bytes === 'lost') links[link].loseBytes(way);
        else links[link].holdBytes(way);
        await delay(OUTAGE_MS);
        links[link].heal();
        await flow(20);
        return 1;
      },
      notes: () => [`bytes lost on this link so far: ${links[link].lostBytes}`],
    });

    expect(violations).toEqual([]);
  },
  240_000,
);
