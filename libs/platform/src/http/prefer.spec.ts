import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseWaitSeconds } from './prefer.ts';

it.each<[string | undefined, number | undefined]>([
  [undefined, undefined],
  ['', undefined],
  ['wait=20', 20],
  ['wait = 20', 20],
  ['WAIT=20', 20],
  ['wait="20"', 20],
  ['wait=0', 0],
  ['wait=60', 60],
  ['wait=61', 60],
  ['wait=999999999', 60],
  ['respond-async, wait=10', 10],
  ['respond-async; foo="a,b", wait=10;bar', 10],
  ['wait=10, wait=20', 10],
  ['handling="wait=5", wait=7', 7],
  ['wait', undefined],
  ['wait=', undefined],
  ['wait=-1', undefined],
  ['wait=1.5', undefined],
  ['wait=ten', undefined],
  ['waiting=10', undefined],
  ['respond-async', undefined],
])('reads Prefer: %s as %s seconds', (header, seconds) => {
  expect(parseWaitSeconds(header)).toBe(seconds);
});

it('reads a wait without a number as what it is told it stands for', () => {
  expect(parseWaitSeconds('wait', 30)).toBe(30);
  expect(parseWaitSeconds('wait=ten', 30)).toBeUndefined();
  expect(parseWaitSeconds('respond-async', 30)).toBeUndefined();
});

it('takes any header at all without an error, and never waits longer than a minute', () => {
  fc.assert(
    fc.property(fc.string(), (header) => {
      expect(parseWaitSeconds(header) ?? 0).toBeLessThanOrEqual(60);
      expect(parseWaitSeconds(`wait=${header}`) ?? 0).toBeLessThanOrEqual(60);
    }),
  );
});
