import { describe, expect, it } from '@jest/globals';
import { isDelivered, nextTryAtMicros, signWebhook } from './webhook.policy.ts';

describe('the retry schedule', () => {
  it.each([
    [1, 10],
    [2, 60],
    [3, 300],
    [4, 600],
    [5, 900],
  ])('waits after failed try %i for %i seconds, and up to a tenth more', (triesMade, seconds) => {
    expect(nextTryAtMicros(triesMade, 5, 0)).toBe(seconds * 1_000_000 + 5);
    expect(nextTryAtMicros(triesMade, 5, 0.999_999)).toBeLessThanOrEqual(seconds * 1_100_000 + 5);
  });

  it('drops the webhook after the fifth retry', () => {
    expect(nextTryAtMicros(6, 5, 0)).toBeUndefined();
  });
});

it.each([
  [199, false],
  [200, true],
  [204, true],
  [299, true],
  [302, false],
  [400, false],
  [503, false],
])('an answer of %i counts as delivered: %s', (statusCode, delivered) => {
  expect(isDelivered(statusCode)).toBe(delivered);
});

it('signs with the base64 of HMAC-SHA256 over the raw body', () => {
  // Reference value: printf '%s' '{"a":"ö"}' | openssl dgst -sha256 -hmac secret -binary | base64
  expect(signWebhook('{"a":"ö"}', 'secret')).toBe('mhnSR36rVR6lfwurKBBubBLYdjqhxI2VeZQXp/mmpzE=');
});
