import { expect, it } from '@jest/globals';
import { formatShare } from './share.policy.ts';

it.each([
  [0, 0, '–'],
  [0, 10, '0 %'],
  [10, 10, '100 %'],
  [1, 3, '33.3 %'],
])('tells %d of %d as %s', (part, whole, told) => {
  expect(formatShare(part, whole)).toBe(told);
});

it('never rounds a few to none, nor nearly all to all', () => {
  expect(formatShare(1, 1_000_000)).toBe('< 0.1 %');
  expect(formatShare(999_999, 1_000_000)).toBe('> 99.9 %');
});
