import { expect, it } from '@jest/globals';
import { APPS, checkInvariants, runCheckouts, startStack } from '@tollgate/testing';
import type { Accepted } from '@tollgate/testing';

const CHECKOUTS = 100;
/** What README and supervisors go by: a stop that takes longer is a kill. Milliseconds. */
const STOP_MS = 10_000;

// The emulator's payment list does not lag: an abort whose answer was lost need not wait two minutes for it.
const stack = await startStack(import.meta.url, {
  environmentOf: { gateway: { GATEWAY_NONE_COUNTS_AFTER_MS: '10000' } },
});
const accepted: Accepted[] = [];

it.each(APPS)(
  'SIGTERM to %s in the middle of 100 checkouts: it ends in time and cleanly, and every promise holds',
  async (app) => {
    const service = stack.services[app];
    let stopped: { code: number | null; inTime: boolean } | undefined;
    accepted.push(
      ...(await runCheckouts(stack, {
        count: CHECKOUTS,
        atHalf: async () => {
          const before = performance.now();
          const code = await service.stop();
          stopped = { code, inTime: performance.now() - before <= STOP_MS };
          service.start();
          await service.ready();
        },
      })),
    );

    expect(stopped).toEqual({ code: 0, inTime: true });
    expect(await checkInvariants(stack, { accepted })).toEqual([]);
  },
  180_000,
);

it('a service that is told to stop as soon as it is ready ends cleanly, and so does one that still joins its groups', async () => {
  const service = stack.services.risk;
  await service.stop();
  service.start();
  await service.ready();
  expect(await service.stop()).toBe(0);
  service.start();
  await service.ready();
  expect(await checkInvariants(stack, { accepted })).toEqual([]);
}, 120_000);
