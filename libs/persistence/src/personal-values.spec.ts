import { describe, expect, it } from '@jest/globals';
import { type PersonalKind, PersonalValues } from './personal-values.ts';

const values = new PersonalValues(Buffer.alloc(32, 1).toString('base64'));

describe('PersonalValues', () => {
  it.each<[PersonalKind, string, string]>([
    ['email', 'Ann@Example.com ', 'ann@example.com'],
    ['ip', '::ffff:192.0.2.7', '192.0.2.7'],
    ['ip', '2001:db8:0:1::7', '2001:0DB8::1:9:9:9:9'],
    ['ip', 'fe80::1%eth0', 'fe80::2'],
    ['ip', '192.0.2.7:4711', '192.0.2.7'],
    ['ip', '[2001:db8::7]:4711', '2001:db8::7'],
    ['device', ' a-device ', 'a-device'],
  ])('takes two spellings of one %s for the same: %s and %s', (kind, one, other) => {
    expect(values.hash(kind, one)).toBe(values.hash(kind, other));
    expect(values.hash(kind, one)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it.each<[PersonalKind, string | null | undefined]>([
    ['email', 'nobody'],
    ['ip', 'localhost'],
    ['ip', '300.1.1.1'],
    ['device', ' '],
    ['device', null],
    ['email', undefined],
  ])('has no hash for what is no %s: %s', (kind, value) => {
    expect(values.hash(kind, value)).toBeUndefined();
  });

  it('tells values, kinds and installations apart', () => {
    const elsewhere = new PersonalValues(Buffer.alloc(32, 2).toString('base64'));
    const hashes = [
      values.hash('ip', '192.0.2.7'),
      values.hash('ip', '192.0.2.8'),
      values.hash('ip', '2001:db8::1'),
      values.hash('ip', '2001:db8:0:1::1'),
      values.hash('device', '192.0.2.7'),
      elsewhere.hash('ip', '192.0.2.7'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
