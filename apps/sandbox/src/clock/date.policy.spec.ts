import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromPrimerDate, toPrimerDate } from './date.policy.ts';

it('writes a moment in UTC with microseconds and without a zone', () => {
  expect(toPrimerDate(1_613_921_776_367_687)).toBe('2021-02-21T15:36:16.367687');
});

it('reads back every moment that it writes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000_000 }), (micros) => {
      expect(fromPrimerDate(toPrimerDate(micros))).toBe(micros);
    }),
  );
});

it.each([
  ['2021-02-21', 1_613_865_600_000_000],
  ['2021-02-21T15:36', 1_613_921_760_000_000],
  ['2021-02-21T15:36:16Z', 1_613_921_776_000_000],
  ['2021-02-21T16:36:16.5+01:00', 1_613_921_776_500_000],
  ['2021-02-21 15:36:16.367687', 1_613_921_776_367_687],
])('reads %s', (text, micros) => {
  expect(fromPrimerDate(text)).toBe(micros);
});

it.each(['', 'yesterday', '2021-13-45', '1613921776', '2021-02-21T25:00:00'])('refuses %j', (text) => {
  expect(fromPrimerDate(text)).toBeUndefined();
});
