import { describe, expect, it } from '@jest/globals';
import { readMerchantSettings } from './set-up-database.command.ts';

describe("a merchant's settings from the environment", () => {
  it('are kept as they are stored where none are given', () => {
    expect(readMerchantSettings(undefined)).toEqual({});
    expect(readMerchantSettings(' ')).toEqual({});
  });

  it('hold its limits', () => {
    const limits = { refund: { amountMaxMinor: { EUR: '50000' } }, cancel: { perHourMax: 20 } };
    const { settings } = readMerchantSettings(JSON.stringify({ commandLimits: limits }));
    expect(settings?.commandLimits).toEqual(limits);
  });

  it.each([
    ['no JSON', '{', 'is not JSON'],
    ['a misspelt name, which would be no limit at all', '{"commandLimit":{}}', 'commandLimit'],
    ['a misspelt kind', '{"commandLimits":{"refunds":{}}}', 'refunds'],
    ['an amount with a point', '{"commandLimits":{"refund":{"amountMaxMinor":{"EUR":"500.00"}}}}', 'decimal string'],
  ])('are refused for %s', (_what, text, said) => {
    expect(() => readMerchantSettings(text)).toThrow(said);
  });
});
