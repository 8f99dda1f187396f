import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deriveKey, parseMasterKey, seal, unseal } from './sealing.ts';

const masterKey = Buffer.alloc(32, 7).toString('base64');
const key = deriveKey(masterKey, 'test');

describe('sealing', () => {
  it('gives every text back, and a different sealed text each time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (secret) => {
        const sealed = seal(secret, key, ['shop', 'column']);
        expect(unseal(sealed, key, ['shop', 'column'])).toBe(secret);
        expect(seal(secret, key, ['shop', 'column'])).not.toBe(sealed);
      }),
    );
  });

  it('does not open for another merchant, another column, or parts cut elsewhere', () => {
    const sealed = seal('secret', key, ['shop', 'column']);
    for (const place of [['shop2', 'column'], ['shop', 'column2'], ['shopcolumn'], ['sho', 'pcolumn'], []]) {
      expect(() => unseal(sealed, key, place)).toThrow('does not open');
    }
  });

  it('does not open under another key, nor with one bit changed', () => {
    const sealed = seal('secret', key, ['shop']);
    expect(() => unseal(sealed, randomBytes(32), ['shop'])).toThrow('does not open');
    const bytes = Buffer.from(sealed.slice(3), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      expect(() => unseal(`v1.${changed.toString('base64url')}`, key, ['shop'])).toThrow('does not open');
    }
  });

  it('says what is no sealed text at all', () => {
    for (const text of ['', 'v1.', 'v2.AAAA', 'plain', 'v1.AAAA']) {
      expect(() => unseal(text, key, ['shop'])).toThrow('Not a sealed secret');
    }
  });
});

describe('keys', () => {
  it('differ by purpose and are the same every time', () => {
    expect(deriveKey(masterKey, 'a')).toEqual(deriveKey(masterKey, 'a'));
    expect(deriveKey(masterKey, 'a')).not.toEqual(deriveKey(masterKey, 'b'));
    expect(deriveKey(masterKey, 'a')).toHaveLength(32);
  });

  it('come from 32 bytes of base64 only, and the refusal does not repeat what was given', () => {
    const short = Buffer.alloc(31, 1).toString('base64');
    expect(() => parseMasterKey(short)).toThrow('32 random bytes');
    expect(() => parseMasterKey(short)).not.toThrow(short);
    expect(() => parseMasterKey('')).toThrow('32 random bytes');
  });
});
