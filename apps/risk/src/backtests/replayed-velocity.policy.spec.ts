import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CountedAttempt } from '../velocity/velocity.policy.ts';
import type { VelocityMeasurement } from '../velocity/velocity.types.ts';
import { ReplayedVelocity } from './replayed-velocity.policy.ts';

const MEASUREMENTS: readonly VelocityMeasurement[] = [
  { by: 'customer', windowSeconds: 60 },
  { by: 'customer', measure: 'sum', windowSeconds: 600 },
  { by: 'customer', measure: 'distinct', of: 'card', windowSeconds: 60 },
];
const MIB = 1024 * 1024;
const START_MS = 1_700_000_000_000;

const attemptAt = (atMs: number, customer: string | null, more: Partial<CountedAttempt> = {}): CountedAttempt => ({
  ...{ merchantId: 'shop', atMs, amountMinor: 7n, currency: 'EUR' },
  values: { card: null, customer, email: null, ip: null, bin: '411111', device: null },
  ...more,
});

describe('velocities counted anew', () => {
  it('are what counting one by one gives, over windows, blocks and pages', () => {
    const step = fc.record({ waitMs: fc.nat(30_000), customer: fc.nat(1), minor: fc.nat(99), card: fc.nat(3) });
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 150, maxLength: 250 }),
        fc.integer({ min: 1, max: 60 }),
        (steps, page) => {
          let atMs = START_MS;
          const attempts = steps.map(({ waitMs, customer, minor, card }) => {
            atMs += waitMs;
            const values = { ...attemptAt(0, `customer-${customer}`).values, card: `card-${card}` };
            return attemptAt(atMs, null, { amountMinor: BigInt(minor), values });
          });
          const replayed = new ReplayedVelocity(MEASUREMENTS, MIB);
          const values = Array.from({ length: Math.ceil(attempts.length / page) }, (_, index) =>
            replayed.measure(attempts.slice(index * page, (index + 1) * page)),
          ).flat();
          for (const [index, attempt] of attempts.entries()) {
            const within = (windowMs: number) =>
              attempts
                .slice(0, index + 1)
                .filter(
                  (each) => each.values.customer === attempt.values.customer && attempt.atMs - each.atMs < windowMs,
                );
            expect(values[index]).toEqual({
              'velocity.countByCustomer60s': within(60_000).length,
              'velocity.sumByCustomer600s': `${within(600_000).reduce((sum, { amountMinor }) => sum + amountMinor, 0n)}`,
              'velocity.distinctCardByCustomer60s': new Set(within(60_000).map((each) => each.values.card)).size,
            });
          }
        },
      ),
      { numRuns: 8 },
    );
  });

  it('forget what no window reaches any more', () => {
    const replayed = new ReplayedVelocity(MEASUREMENTS, MIB);
    for (let hour = 0; hour < 12; hour += 1) {
      const attempts = Array.from({ length: 400 }, (_, nth) =>
        attemptAt(START_MS + hour * 3_600_000 + nth, `customer-${hour}-${nth}`),
      );
      replayed.measure(attempts);
    }
    expect(replayed.bytes).toBeLessThan(MIB);
  });

  it('end where their windows hold more than memory may', () => {
    const replayed = new ReplayedVelocity(MEASUREMENTS, MIB);
    const attempts = Array.from({ length: 2_000 }, (_, nth) => attemptAt(START_MS + nth, `customer-${nth}`));
    expect(() => replayed.measure(attempts)).toThrow('more attempts than memory');
  });
});
