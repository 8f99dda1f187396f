import { expect, it } from '@jest/globals';
import { toCancelCommandId } from '../incidents/unwanted-payment.event.ts';
import { parseIdempotencyKey } from './idempotency-key.policy.ts';

it('is the id as it is, or as a quoted string', () => {
  expect(parseIdempotencyKey(' refund-1 ')).toBe('refund-1');
  expect(parseIdempotencyKey('"refund-1"')).toBe('refund-1');
});

it.each([
  ['nothing', undefined],
  ['an empty string', '""'],
  ['a space', 'refund 1'],
  ["the id by which Tollgate would cancel an attempt's unwanted payment", toCancelCommandId({ attemptId: 'a-1' })],
  ['the same in quotes', `"${toCancelCommandId({ attemptId: 'a-1' }, 2)}"`],
])('is not %s', (_what, header) => {
  expect(() => parseIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'MALFORMED_REQUEST' }));
});
