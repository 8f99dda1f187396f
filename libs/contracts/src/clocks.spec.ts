import { describe, expect, it } from '@jest/globals';
import { assertClockOrder, DEFAULT_CLOCKS, deriveClocks, settleClocks, shortenClocks } from './clocks.ts';

describe('an attempt’s clocks', () => {
  it('are all measured from the first receipt', () => {
    expect(deriveClocks(new Date('2026-01-05T10:00:00Z'), DEFAULT_CLOCKS)).toEqual({
      receivedAt: '2026-01-05T10:00:00.000Z',
      decideBy: '2026-01-05T10:01:15.000Z',
      approveBy: '2026-01-05T10:01:22.000Z',
      expiresAt: '2026-01-05T10:15:00.000Z',
    });
  });

  it.each([
    ['decideBy after approveBy', { ...DEFAULT_CLOCKS, decideByMs: 83_000 }],
    ['approveBy after the end of calls', { ...DEFAULT_CLOCKS, approveByMs: 88_000 }],
    ['calls that outlast the shopper’s wait', { ...DEFAULT_CLOCKS, callEndByMs: 90_000 }],
    ['an attempt that lives shorter than its clocks', { ...DEFAULT_CLOCKS, attemptTtlSeconds: 80 }],
  ])('are refused with %s', (_kind, clocks) => {
    expect(() => assertClockOrder(clocks)).toThrow('must be less than');
  });

  it('keep their order when the shop gives less time to decide, and never give more', () => {
    const short = shortenClocks(DEFAULT_CLOCKS, 10_000);
    expect(assertClockOrder(short)).toEqual({
      ...DEFAULT_CLOCKS,
      decideByMs: 10_000,
      approveByMs: 17_000,
      callEndByMs: 23_000,
    });
    expect(shortenClocks(DEFAULT_CLOCKS, 600_000)).toEqual(DEFAULT_CLOCKS);
    expect(shortenClocks(DEFAULT_CLOCKS, undefined)).toEqual(DEFAULT_CLOCKS);
  });

  it('may be shortened by whoever announces the attempt, never lengthened', () => {
    const firstReceipt = new Date('2026-01-05T10:00:01Z');
    const derived = deriveClocks(firstReceipt, DEFAULT_CLOCKS);
    const earlier = deriveClocks(new Date('2026-01-05T10:00:00Z'), DEFAULT_CLOCKS);
    const later = deriveClocks(new Date('2036-01-05T10:00:00Z'), DEFAULT_CLOCKS);
    expect(settleClocks(undefined, firstReceipt, DEFAULT_CLOCKS)).toEqual(derived);
    expect(settleClocks(earlier, firstReceipt, DEFAULT_CLOCKS)).toEqual(earlier);
    expect(settleClocks(later, firstReceipt, DEFAULT_CLOCKS)).toEqual(derived);
  });
});
