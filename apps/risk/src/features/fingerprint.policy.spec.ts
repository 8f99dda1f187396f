import { describe, expect, it } from '@jest/globals';
import { toCardFingerprint } from './fingerprint.policy.ts';

const KEY = Buffer.alloc(32, 1);

describe('toCardFingerprint', () => {
  it('is stable for one key and one analyticsId, and shows neither', () => {
    const fingerprint = toCardFingerprint(KEY, 'analytics-1');
    expect(fingerprint).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(toCardFingerprint(KEY, 'analytics-1')).toBe(fingerprint);
    expect(toCardFingerprint(KEY, 'analytics-2')).not.toBe(fingerprint);
    expect(toCardFingerprint(Buffer.alloc(32, 2), 'analytics-1')).not.toBe(fingerprint);
  });

  it('is absent where Primer gave no analyticsId', () => {
    expect(toCardFingerprint(KEY, undefined)).toBeNull();
  });
});
