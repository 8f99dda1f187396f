import { createSecretKey } from 'node:crypto';
import { PersonalValues } from '@tollgate/persistence';
import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CLOCKS } from '@tollgate/contracts';
import { ReadTokens } from './read-token.service.ts';

const keyOf = (byte: number) => createSecretKey(Buffer.alloc(32, byte));
const tokensOf = (byte: number): ReadTokens =>
  new ReadTokens({
    clocks: DEFAULT_CLOCKS,
    tokenHashKey: keyOf(0),
    personal: new PersonalValues(Buffer.alloc(32, 9).toString('base64')),
    readTokenKey: keyOf(byte),
    waitersMax: 1,
  });
const tokens = tokensOf(1);
const key = { merchantId: 'shop', paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' };
const now = Date.UTC(2026, 10, 21);

describe('a read token', () => {
  it('opens its own attempt', () => {
    const token = tokens.issue(key, now);
    expect(tokens.verify(token, key.paymentAttemptId, now)).toMatchObject(key);
    expect(encodeURIComponent(token)).toBe(token);
  });

  it('opens no other attempt, and nothing after ten minutes', () => {
    const token = tokens.issue(key, now);
    expect(tokens.verify(token, '00000000-0000-4000-8000-000000000000', now)).toBeUndefined();
    expect(tokens.verify(token, key.paymentAttemptId, now + 10 * 60_000 - 1)).toBeDefined();
    expect(tokens.verify(token, key.paymentAttemptId, now + 10 * 60_000)).toBeUndefined();
  });

  it('cannot be made or changed without the key', () => {
    const token = tokens.issue(key, now);
    const [claims = '', signature = ''] = token.split('.');
    const stretched = Buffer.from(JSON.stringify(['shop', key.paymentAttemptId, now * 2])).toString('base64url');
    for (const forged of [
      tokensOf(2).issue(key, now),
      `${stretched}.${signature}`,
      `${claims}.`,
      claims,
      '',
      '.',
      'a.b.c',
    ]) {
      expect(tokens.verify(forged, key.paymentAttemptId, now)).toBeUndefined();
    }
  });
});
