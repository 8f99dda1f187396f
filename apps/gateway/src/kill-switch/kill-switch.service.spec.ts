import { describe, expect, it } from '@jest/globals';
import { Metrics, type Readiness } from '@tollgate/platform';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import { type Reading, toElapsedMs } from '../clock/stopwatch.policy.ts';
import type { CallSettings } from '../gateway.config.ts';
import type { KillSwitchRepository } from './kill-switch.repository.ts';
import { KillSwitch } from './kill-switch.service.ts';

const COPY_MS_MAX = 5_000;

/** A kill switch over a table and a clock that are moved by hand. */
function makeSwitch(on: Array<string | null>) {
  const now: Reading & { monotonicMs: number } = { monotonicMs: 0, wallMs: 0 };
  const stoppedAt = new Date(0);
  const table = { list: async () => on.map((merchantId) => ({ merchantId, stoppedAt, by: 'Ann', note: 'a test' })) };
  const checks: Array<() => void> = [];
  const killSwitch = new KillSwitch(
    table as unknown as KillSwitchRepository,
    { read: () => ({ ...now }), elapsedMs: (since: Reading) => toElapsedMs(since, now) } as DatabaseClock,
    { killSwitchCopyMsMax: COPY_MS_MAX } as CallSettings,
    { register: (_name: string, check: () => void) => checks.push(check) } as unknown as Readiness,
    new Metrics('gateway'),
  );
  return { killSwitch, now, assertReady: () => checks.forEach((check) => check()) };
}

describe('the kill switch', () => {
  it('stops the merchant it is on for and nobody else, who are ready all the same', async () => {
    const { killSwitch, assertReady } = makeSwitch(['stopped']);
    await killSwitch.refresh();
    expect(killSwitch.stops('stopped')).toBe(true);
    expect(killSwitch.stops('other')).toBe(false);
    expect(assertReady).not.toThrow();
  });

  it('stops everybody when it is on for all', async () => {
    const { killSwitch, assertReady } = makeSwitch([null]);
    await killSwitch.refresh();
    expect(killSwitch.stops('anybody')).toBe(true);
    expect(assertReady).toThrow('stopped');
  });

  it('stops everybody while it was never read, or too long ago to be sure', async () => {
    const { killSwitch, now, assertReady } = makeSwitch([]);
    expect(killSwitch.stops('m')).toBe(true);
    await killSwitch.refresh();
    expect(killSwitch.stops('m')).toBe(false);
    expect(assertReady).not.toThrow();
    now.monotonicMs = COPY_MS_MAX + 1;
    expect(killSwitch.stops('m')).toBe(true);
  });
});
