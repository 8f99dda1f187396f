import { describe, expect, it } from '@jest/globals';
import { merchantSettings } from '@tollgate/persistence';
import {
  describeLimits,
  describeQuorum,
  parseAmounts,
  parsePerHour,
  parseQuorum,
  withLimits,
} from './merchant-limits.policy.ts';

describe('limits of a merchant', () => {
  it('are read as they are written on a command line, and told as people say them', () => {
    const limits = { amountMaxMinor: parseAmounts('EUR=50000, USD=60000'), perHourMax: parsePerHour('20') };
    const settings = merchantSettings.parse({ commandLimits: { refund: limits, cancel: { perHourMax: 3 } } });
    expect(describeLimits(settings)).toEqual(['refund: up to 50000 EUR or 60000 USD, 20 an hour', 'cancel: 3 an hour']);
    expect(parseQuorum('EUR:100000=2')).toEqual([{ currency: 'EUR', fromMinor: '100000', votes: 2 }]);
    expect(describeQuorum(merchantSettings.parse({ approvalQuorum: parseQuorum('EUR:100000=2,JPY:5=3') }))).toEqual([
      '2 from 100000 EUR',
      '3 from 5 JPY',
    ]);
  });

  it('of one kind are replaced as a whole, and nothing else is touched', () => {
    const settings = merchantSettings.parse({
      commandLimits: { refund: { perHourMax: 1, amountMaxMinor: { EUR: '5' } }, cancel: { perHourMax: 2 } },
    });
    expect(withLimits(settings, 'refund', { perHourMax: 9 })).toEqual({
      refund: { perHourMax: 9 },
      cancel: { perHourMax: 2 },
    });
    expect(withLimits(settings, 'refund', undefined)).toEqual({ cancel: { perHourMax: 2 } });
  });

  it.each([
    ['--amount', () => parseAmounts('500')],
    ['--amount', () => parseAmounts('eur=500')],
    ['--amount', () => parseAmounts('EUR=-5')],
    ['--amount', () => parseAmounts('')],
    ['--per-hour', () => parsePerHour('often')],
    ['--per-hour', () => parsePerHour('-1')],
    ['--tiers', () => parseQuorum('EUR=2')],
    ['--tiers', () => parseQuorum('EUR:100=22')],
  ])('that cannot be understood are said to be so: %s', (option, parse) => {
    expect(parse).toThrow(new RegExp(`^${option} takes`));
  });
});
