/** Money as services answer it: minor units as a decimal string, which may be more than a number holds. */
export interface Money {
  readonly amountMinor: string;
  readonly currency: string;
}

/**
 * `€42.00`: with the digits that ISO 4217 gives the currency. Exact for any size: never computed as a float.
 */
export function formatMoney({ amountMinor, currency }: Money, locale = 'en'): string {
  if (!/^-?\d+$/.test(amountMinor) || !/^[A-Z]{3}$/.test(currency)) return `${amountMinor} ${currency}`;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  const isNegative = amountMinor.startsWith('-');
  const all = amountMinor.replace('-', '').padStart(digits + 1, '0');
  const whole = all.slice(0, all.length - digits);
  const decimal = digits === 0 ? whole : `${whole}.${all.slice(-digits)}`;
  // A string, which Intl formats exactly where a number would be rounded (ECMA-402, Intl mathematical value).
  return format.format(`${isNegative ? '-' : ''}${decimal}` as Intl.StringNumericLiteral);
}

/** Sums of several currencies, as services answer them: minor units by currency. */
export function formatAmounts(amounts: Readonly<Record<string, string>>): string {
  const told = Object.entries(amounts).map(([currency, amountMinor]) => formatMoney({ amountMinor, currency }));
  return told.length === 0 ? '–' : told.join(', ');
}
