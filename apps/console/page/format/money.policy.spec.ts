import { expect, it } from '@jest/globals';
import { formatMoney } from './money.policy.ts';

it.each([
  ['4200', 'EUR', '€42.00'],
  ['1', 'EUR', '€0.01'],
  ['-2100', 'GBP', '-£21.00'],
  ['4200', 'JPY', '¥4,200'],
  ['4200', 'KWD', 'KWD 4.200'],
  ['9223372036854775807', 'USD', '$92,233,720,368,547,758.07'],
])('shows %s minor units of %s as %s', (amountMinor, currency, shown) => {
  expect(formatMoney({ amountMinor, currency }).replaceAll('\u00A0', ' ')).toBe(shown);
});

it('shows what is no amount as it came, rather than a wrong number', () => {
  expect(formatMoney({ amountMinor: 'much', currency: 'EUR' })).toBe('much EUR');
  expect(formatMoney({ amountMinor: '1', currency: 'euro' })).toBe('1 euro');
});
