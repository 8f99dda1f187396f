import { describe, expect, it } from '@jest/globals';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import { type Reading, toElapsedMs } from '../clock/stopwatch.policy.ts';
import type { CallSettings } from '../gateway.config.ts';
import { type LeasedStep, Leases } from './leases.service.ts';

const LEASE_MS = 9_000;

function makeLeases() {
  const now = { monotonicMs: 0, wallMs: 0 };
  const clock = { elapsedMs: (since: Reading) => toElapsedMs(since, now) } as DatabaseClock;
  return { leases: new Leases({ leaseMs: LEASE_MS } as CallSettings, clock), now };
}

const leased = {} as LeasedStep;
const START: Reading = { monotonicMs: 0, wallMs: 0 };

describe('a lease', () => {
  it('holds until its length is over, by whichever clock says so first', () => {
    const { leases, now } = makeLeases();
    leases.add(leased, START);
    now.monotonicMs = LEASE_MS - 1;
    expect(leases.holds(leased)).toBe(true);
    now.wallMs = LEASE_MS;
    expect(leases.holds(leased)).toBe(false);
  });

  it('is to be renewed from a third of its length on, and holds from the question on', () => {
    const { leases, now } = makeLeases();
    leases.add(leased, START);
    now.monotonicMs = LEASE_MS / 3 - 1;
    expect(leases.toRenew()).toEqual([]);
    now.monotonicMs = LEASE_MS / 3;
    expect(leases.toRenew()).toEqual([leased]);
    leases.renew(leased, { monotonicMs: LEASE_MS / 3, wallMs: 0 });
    now.monotonicMs = LEASE_MS;
    expect(leases.holds(leased)).toBe(true);
  });

  it('does not hold once it was given back, nor come to life by a late renewal', () => {
    const { leases } = makeLeases();
    leases.add(leased, START);
    leases.remove(leased);
    leases.renew(leased, START);
    expect(leases.holds(leased)).toBe(false);
    expect(leases.toRenew()).toEqual([]);
  });
});
