import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatInstant, toInstantUs } from './instant.policy.ts';

describe('instants of the provider', () => {
  it.each([
    ['2021-02-21T15:36:16.367687', 1_613_921_776_367_687n],
    ['2021-02-21T15:36:16', 1_613_921_776_000_000n],
    ['2021-02-21 15:36:16.3', 1_613_921_776_300_000n],
    ['2021-02-21T15:36:16.367687Z', 1_613_921_776_367_687n],
    ['2021-02-21T17:36:16.367687+02:00', 1_613_921_776_367_687n],
    ['2021-02-21T15:36:16.367687999', 1_613_921_776_367_687n],
    ['1969-12-31T23:59:59.999999', -1n],
  ])('reads %s to the microsecond', (text, expected) => {
    expect(toInstantUs(text)).toBe(expected);
  });

  it.each([
    undefined,
    '',
    'yesterday',
    '2021-02-30T00:00:00',
    '2021-13-01T00:00:00',
    '2021-01-01T24:00:00',
    '2021-01-01T25:00:00',
    '2021-01-01T00:00:60',
    '0000-01-01T00:00:00',
    '2021-01-01',
  ])('finds no instant in %s', (text) => {
    expect(toInstantUs(text)).toBeUndefined();
  });

  it('writes what it reads back to the same microsecond', () => {
    const instants = fc.bigInt({ min: -60_000_000_000_000_000n, max: 250_000_000_000_000_000n });
    fc.assert(fc.property(instants, (instantUs) => toInstantUs(formatInstant(instantUs)) === instantUs));
  });
});
