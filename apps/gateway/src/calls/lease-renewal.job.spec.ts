import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Log } from '@tollgate/platform';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import { type Reading, toElapsedMs } from '../clock/stopwatch.policy.ts';
import type { CallSettings } from '../gateway.config.ts';
import { LeaseRenewal } from './lease-renewal.job.ts';
import { Leases } from './leases.service.ts';

const LEASE_MS = 6_000;

interface Work {
  readonly name: string;
}

/** Renews as it is told, on a clock that the fake timers move. */
class Renewal extends LeaseRenewal<Work> {
  readonly asked: string[] = [];
  answer: (held: readonly Work[]) => Promise<readonly Work[]> = (held) => Promise.resolve(held);

  constructor(leases: Leases<Work>, clock: DatabaseClock) {
    const settings = { leaseMs: LEASE_MS } as CallSettings;
    super({ leases, clock, settings, log: Log.create({ service: 't', level: 'silent' }) });
  }

  protected renew(held: readonly Work[]): Promise<readonly Work[]> {
    this.asked.push(held.map(({ name }) => name).join());
    return this.answer(held);
  }
}

function begin() {
  const now = (): Reading => ({ monotonicMs: 0, wallMs: Date.now() });
  const clock = { read: now, elapsedMs: (since: Reading) => toElapsedMs(since, now()) } as DatabaseClock;
  const leases = new Leases<Work>({ leaseMs: LEASE_MS } as CallSettings, clock);
  const renewal = new Renewal(leases, clock);
  const work = { name: 'work' };
  leases.add(work, now());
  renewal.onApplicationBootstrap();
  return { leases, renewal, work };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

describe('the renewal of leases', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
  });

  afterEach(() => {
    jest.clearAllTimers();
    jest.useRealTimers();
  });

  it('keeps what takes long held, for as long as it takes', async () => {
    const { leases, renewal, work } = begin();
    await pass(10 * LEASE_MS);
    expect(leases.holds(work)).toBe(true);
    leases.remove(work);
    const asked = renewal.asked.length;
    await pass(LEASE_MS);
    expect(renewal.asked).toHaveLength(asked);
  });

  it('lets go of a lease that is somebody else’s by now', async () => {
    const { leases, renewal, work } = begin();
    renewal.answer = () => Promise.resolve([]);
    await pass(LEASE_MS);
    expect(leases.holds(work)).toBe(false);
  });

  it('counts from before the question, asks one at a time, and asks again after a failure', async () => {
    const { leases, renewal, work } = begin();
    let fail = () => {};
    renewal.answer = () => new Promise((_resolve, reject) => (fail = () => reject(new Error('away'))));
    await pass(LEASE_MS / 2);
    expect(renewal.asked).toEqual(['work']);
    let answer = () => {};
    renewal.answer = (held) => new Promise((resolve) => (answer = () => resolve(held)));
    fail();
    await pass(LEASE_MS / 6);
    expect(renewal.asked).toEqual(['work', 'work']);
    await pass(LEASE_MS / 6);
    answer();
    // The question was put at 4 s of the first lease's 6 s.
    await pass(LEASE_MS / 2);
    expect(leases.holds(work)).toBe(true);
    await pass(LEASE_MS);
    expect(leases.holds(work)).toBe(false);
  });

  it('ends with the service', async () => {
    const { renewal } = begin();
    renewal.onApplicationShutdown();
    await pass(LEASE_MS);
    expect(renewal.asked).toEqual([]);
  });
});
