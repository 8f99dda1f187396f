import { expect, it } from '@jest/globals';
import { APPS, checkInvariants, runCheckouts, startStack } from '@tollgate/testing';
import type { Accepted } from '@tollgate/testing';

const CHECKOUTS = 60;

// The emulator's payment list does not lag: an abort whose answer was lost need not wait two minutes for it.
const stack = await startStack(import.meta.url, {
  environmentOf: { gateway: { GATEWAY_NONE_COUNTS_AFTER_MS: '10000' } },
});
const accepted: Accepted[] = [];

it.each(APPS)(
  'SIGTERM to %s in the middle of checkouts: it ends cleanly and in time, and every promise holds',
  async (app) => {
    const service = stack.services[app];
    let exitCode: number | null | undefined;
    accepted.push(
      ...(await runCheckouts(stack, {
        count: CHECKOUTS,
        atHalf: async () => {
          exitCode = await service.stop();
          service.start();
          await service.ready();
        },
      })),
    );

    // A process that needs ten seconds ends itself with 1.
    expect(exitCode).toBe(0);
    expect(await checkInvariants(stack, { accepted })).toEqual([]);
  },
  180_000,
);

it('a service that is told to stop while it still joins its groups ends cleanly', async () => {
  const service = stack.services.risk;
  await service.stop();
  service.start();
  await service.ready();
  expect(await service.stop()).toBe(0);
  service.start();
  await service.ready();
  expect(await checkInvariants(stack, { accepted })).toEqual([]);
}, 120_000);
