import { describe, expect, it } from '@jest/globals';
import { toBackoffMs, toNextReadAt, type ReadBackState } from './read-back.policy.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const settings = {
  earlyReadsMs: [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS],
  openEveryMs: HOUR_MS,
  refundableEveryMs: DAY_MS,
  refundableForMs: 180 * DAY_MS,
};
const firstHeardAt = new Date('2026-03-01T12:00:00Z');
const nothing = {
  firstHeardAt,
  status: undefined,
  capturedMinor: 0n,
  refundedMinor: 0n,
  isRefundUnderWay: false,
  changedAt: firstHeardAt,
};

/** The pause after a read that came so long after the payment was first heard of. */
function pauseMs(ageMs: number, parts: Partial<ReadBackState>): number | undefined {
  const now = new Date(firstHeardAt.getTime() + ageMs);
  const next = toNextReadAt({ ...nothing, ...parts }, now, settings);
  return next && next.getTime() - now.getTime();
}

describe('the next read of a payment', () => {
  it.each([
    [0, MINUTE_MS],
    [MINUTE_MS, 9 * MINUTE_MS],
    [10 * MINUTE_MS, 50 * MINUTE_MS],
    [30 * MINUTE_MS, 30 * MINUTE_MS],
  ])('of a declined one %i ms old comes in %i ms: what was declined may have been told wrongly', (ageMs, expected) => {
    expect(pauseMs(ageMs, { status: 'DECLINED' })).toBe(expected);
  });

  it.each(['DECLINED', 'FAILED', 'CANCELLED'])(
    'of a payment that ended as %s never comes after the early ones',
    (status) => {
      expect(pauseMs(HOUR_MS, { status })).toBeUndefined();
    },
  );

  it.each(['PENDING', 'AUTHORIZED', 'SETTLING', 'PARTIALLY_SETTLED', 'TELEPORTED'])(
    'comes hourly while it is %s',
    (status) => {
      expect(pauseMs(30 * DAY_MS, { status })).toBe(HOUR_MS);
    },
  );

  it.each(['SETTLED', 'CANCELLED'])(
    'comes daily for 180 days after the last news of one that is %s with money captured',
    (status) => {
      expect(pauseMs(30 * DAY_MS, { status, capturedMinor: 5n })).toBe(DAY_MS);
      expect(pauseMs(181 * DAY_MS, { status, capturedMinor: 5n })).toBeUndefined();
      const changedAt = new Date(firstHeardAt.getTime() + 100 * DAY_MS);
      expect(pauseMs(181 * DAY_MS, { status, capturedMinor: 5n, changedAt })).toBe(DAY_MS);
    },
  );

  it('never comes once all is refunded', () => {
    expect(pauseMs(30 * DAY_MS, { status: 'SETTLED', capturedMinor: 5n, refundedMinor: 5n })).toBeUndefined();
  });

  it('comes hourly while a refund is under way, even of all that was captured', () => {
    const refunding = { status: 'SETTLED', capturedMinor: 5n, refundedMinor: 5n, isRefundUnderWay: true };
    expect(pauseMs(30 * DAY_MS, refunding)).toBe(HOUR_MS);
  });

  it('comes hourly for one that the provider does not show, but not for ever', () => {
    expect(pauseMs(2 * HOUR_MS, {})).toBe(HOUR_MS);
    expect(pauseMs(181 * DAY_MS, {})).toBeUndefined();
  });
});

describe('the pause after failures', () => {
  it('doubles from the first one and ends at an hour', () => {
    expect([1, 2, 3, 40].map((tries) => toBackoffMs(tries, 1_000))).toEqual([1_000, 2_000, 4_000, HOUR_MS]);
  });
});
