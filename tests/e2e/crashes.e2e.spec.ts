import { expect, it } from '@jest/globals';
import { APPS, checkInvariants, runCheckouts, startStack } from '@tollgate/testing';
import type { Accepted } from '@tollgate/testing';

const CHECKOUTS = 200;

// The group misses a process that was killed sooner than it would by default. The emulator's payment list does not lag:
// an abort whose answer was lost need not wait two minutes for it.
const stack = await startStack(import.meta.url, {
  environment: { KAFKA_SESSION_TIMEOUT_MS: '3000' },
  environmentOf: { gateway: { GATEWAY_NONE_COUNTS_AFTER_MS: '5000' } },
});
const accepted: Accepted[] = [];

it.each(APPS)(
  'kill -9 of %s in the middle of 200 checkouts breaks no promise',
  async (app) => {
    const service = stack.services[app];
    const results = await runCheckouts(stack, {
      count: CHECKOUTS,
      atHalf: async () => {
        await service.kill9();
        service.start();
        await service.ready();
      },
    });
    accepted.push(...results);

    expect(results.length).toBe(CHECKOUTS);
    expect(await checkInvariants(stack, { accepted })).toEqual([]);
  },
  180_000,
);
