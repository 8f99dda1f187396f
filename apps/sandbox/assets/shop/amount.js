/** Longest amount that may be typed: more is no price. */
const AMOUNT_LENGTH_MAX = 15;

/**
 * What a person typed, in minor units of the currency; undefined for what is no amount in it. Digits are never counted
 * in floating point.
 * @param {string} text such as `42`, `42.5` or `42,50`
 * @param {string} currency ISO 4217
 * @returns {number | undefined}
 */
export function toMinorUnits(text, currency) {
  const [, whole, fraction = ''] = /^(\d+)(?:[.,](\d*))?$/.exec(text.trim().slice(0, AMOUNT_LENGTH_MAX + 1)) ?? [];
  const places = decimalPlaces(currency);
  if (whole === undefined || whole.length + fraction.length > AMOUNT_LENGTH_MAX || fraction.length > places) {
    return undefined;
  }
  const minor = Number(whole + fraction.padEnd(places, '0'));
  return minor > 0 && Number.isSafeInteger(minor) ? minor : undefined;
}

/**
 * An amount as a person reads it.
 * @param {number} minor minor units
 * @param {string} currency ISO 4217
 */
export function formatMoney(minor, currency) {
  const digits = String(minor).padStart(decimalPlaces(currency) + 1, '0');
  const whole = digits.slice(0, digits.length - decimalPlaces(currency));
  const fraction = digits.slice(whole.length);
  // A decimal string, which the formatter takes without rounding.
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(`${whole}.${fraction}`);
}

function decimalPlaces(currency) {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits;
}
