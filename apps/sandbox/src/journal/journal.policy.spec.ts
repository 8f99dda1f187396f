import { expect, it } from '@jest/globals';
import { withoutCardNumbers } from './journal.policy.ts';

it.each([
  ['fraud-check-failed', 'fraud-check-failed'],
  ['card 4111111111111111 refused', 'card [digits] refused'],
  ['card 4111 1111 1111 1111', 'card [digits]'],
  ['order 12345', 'order 12345'],
])('writes the free text %j down as %j', (given, then) => {
  expect(withoutCardNumbers(given)).toBe(then);
});

it('cuts a text that is too long', () => {
  expect(withoutCardNumbers('x'.repeat(10_000))).toHaveLength(200);
});
