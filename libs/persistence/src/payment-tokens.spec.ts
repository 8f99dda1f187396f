import { describe, expect, it } from '@jest/globals';
import { PaymentTokens } from './payment-tokens.ts';

const tokens = new PaymentTokens(Buffer.alloc(32, 1).toString('base64'));
const place = { merchantId: 'm-1', commandId: 'c-1' };

describe('a sealed payment method token', () => {
  it('opens for its own command and shows nothing of itself', () => {
    const sealed = tokens.seal('heNwnqaeRiqvY1UcslfQc3wx', place);
    expect(sealed).toMatch(/^v1\.[\w-]+$/);
    expect(sealed).not.toContain('heNwnqaeRiqvY1UcslfQc3wx');
    expect(tokens.open(sealed, place)).toBe('heNwnqaeRiqvY1UcslfQc3wx');
  });

  it('does not open for another command, another merchant or under another master key', () => {
    const sealed = tokens.seal('heNwnqaeRiqvY1UcslfQc3wx', place);
    const others = new PaymentTokens(Buffer.alloc(32, 2).toString('base64'));
    expect(() => tokens.open(sealed, { ...place, commandId: 'c-2' })).toThrow('does not open');
    expect(() => tokens.open(sealed, { ...place, merchantId: 'm-2' })).toThrow('does not open');
    expect(() => others.open(sealed, place)).toThrow('does not open');
  });

  it('is told from another one by a digest that needs the key', () => {
    const others = new PaymentTokens(Buffer.alloc(32, 2).toString('base64'));
    expect(tokens.digest('a')).toBe(tokens.digest('a'));
    expect(tokens.digest('a')).not.toBe(tokens.digest('b'));
    expect(tokens.digest('a')).not.toBe(others.digest('a'));
  });
});
