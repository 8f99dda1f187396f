import { outsideId } from '@tollgate/contracts';
import { toRecord } from './error-envelope.ts';

/** Longer lists are cut. */
export const LIST_LENGTH_MAX = 1000;

/** The objects of a list; anything else in it is left out. */
export function toRecords(value: unknown): ReadonlyArray<Readonly<Record<string, unknown>>> {
  const list: unknown[] = Array.isArray(value) ? value.slice(0, LIST_LENGTH_MAX) : [];
  return list.map(toRecord).filter((one) => one !== undefined);
}

/** An id of at most 256 characters, also where it was written as a number. */
export function toId(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'bigint' ? value.toString() : value;
  const parsed = outsideId.safeParse(text);
  return parsed.success ? parsed.data : undefined;
}

/**
 * A text that is not empty, cut at `lengthMax` characters. What no database stores as text, U+0000 and half of a
 * surrogate pair, becomes U+FFFD: the rest of the payment is news all the same.
 */
export function toShortText(value: unknown, lengthMax: number): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return value.slice(0, lengthMax).toWellFormed().replaceAll('\u0000', '\uFFFD');
}

/** Three letters, in capitals. */
export function toCurrency(value: unknown): string | undefined {
  const code = typeof value === 'string' ? value.toUpperCase() : '';
  return /^[A-Z]{3}$/.test(code) ? code : undefined;
}

/** A non-negative whole number of minor units, whatever JSON type carries it. */
export function toAmountMinor(value: unknown): string | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) && value >= 0 ? value.toString() : undefined;
  }
  const text = typeof value === 'bigint' ? value.toString() : value;
  return typeof text === 'string' && /^(0|[1-9]\d{0,18})$/.test(text) ? text : undefined;
}

/** The same as a number to count with. */
export function toAmount(value: unknown): bigint | undefined {
  const text = toAmountMinor(value);
  return text === undefined ? undefined : BigInt(text);
}

/** A boolean, also where it was written as text: the webhook example has `"false"`. */
export function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') {
    return value;
  }
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  return text === 'true' || (text === 'false' ? false : undefined);
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * `YYYY-MM-DDTHH:MM:SS.ffffffZ`, so that instants compare as text. Primer leaves the zone out and means UTC
 * (API v2.4); digits beyond microseconds are cut off.
 */
export function toUtcMicroseconds(value: unknown): string | undefined {
  const match = typeof value === 'string' ? INSTANT.exec(value.trim()) : null;
  if (match === null) {
    return undefined;
  }
  const [, day, time, fraction = '', zone = 'Z'] = match;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : `${zone.slice(0, 3)}:${zone.slice(-2)}`;
  const whole = new Date(`${day}T${time}${offset}`);
  if (Number.isNaN(whole.getTime()) || (offset === 'Z' && !whole.toISOString().startsWith(`${day}T${time}`))) {
    return undefined; // 30 February would silently become 1 March.
  }
  return `${whole.toISOString().slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z`;
}
