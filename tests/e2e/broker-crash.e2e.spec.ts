import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { afterAll, expect, it } from '@jest/globals';
import { startKafka } from '@tollgate/backends';
import { checkInvariants, runCheckouts, startStack } from '@tollgate/testing';

const CHECKOUTS = 200;
/** How long the broker stays away: longer than one try to publish. */
const OUTAGE_MS = 3_000;

// A broker of its own: the others' tests need theirs alive.
const broker = await startKafka({ dataDir: mkdtempSync(join(tmpdir(), 'tollgate-test-broker-')), ephemeral: true });
const stack = await startStack(import.meta.url, { brokers: broker.brokers });
afterAll(() => broker.stop());

it('kill -9 of the broker in the middle of 200 checkouts breaks no promise', async () => {
  const accepted = await runCheckouts(stack, {
    count: CHECKOUTS,
    atHalf: async () => {
      await broker.kill9();
      await delay(OUTAGE_MS);
      await broker.restart();
    },
  });

  expect(accepted.length).toBe(CHECKOUTS);
  expect(await checkInvariants(stack, { accepted })).toEqual([]);
}, 240_000);
