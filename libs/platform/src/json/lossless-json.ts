import { isUtf8 } from 'node:buffer';
import { KnownError } from '@tollgate/contracts';

/** Deepest nesting accepted. Real bodies stay below 10; recursion over them must never meet the stack's end. */
export const JSON_DEPTH_MAX = 100;

/** Enough digits in a row, dots included, that a number may not fit a double; or an exponent that may underflow. */
const SUSPECT_NUMBER = /\d[\d.]{15}|\d[eE]-\d{3}/;

/** A key, plain or escaped, that could reach an object's prototype once the value is merged into another. */
const SUSPECT_KEY = /__proto__|constructor|\\u00(?:5[fF]|6[0-9a-fA-F]|7[0-9a-fA-F])/;

/**
 * Parses JSON without losing anything silently.
 *
 * - An integer literal beyond 2^53−1 becomes a bigint, so that a schema for numbers refuses it instead of seeing
 *   its rounded neighbour; callers that want large integers accept bigint as well.
 * - A literal whose fraction would vanish in rounding (`100.00000000000000001`) becomes NaN, which no schema takes.
 * - Bytes must be UTF-8 (a byte order mark is skipped), nesting at most {@link JSON_DEPTH_MAX}.
 * - `__proto__` keys and `constructor.prototype` are refused. Of equal keys the last one counts, as in JSON.parse.
 *
 * The ordinary body costs one linear scan and one JSON.parse; only suspect text takes the slow way with a reviver.
 * @throws KnownError MALFORMED_JSON, whose text never quotes the input
 */
export function parseJsonLossless(input: string | Uint8Array): unknown {
  const text = toText(input);
  assertDepth(text);
  try {
    return SUSPECT_NUMBER.test(text) || SUSPECT_KEY.test(text)
      ? (JSON.parse(text, reviveExactly) as unknown)
      : (JSON.parse(text) as unknown);
  } catch (error) {
    if (error instanceof KnownError) {
      throw error;
    }
    // The engine's message quotes the input, which may hold a token: it is not passed on, not even as a cause.
    throw new KnownError('MALFORMED_JSON');
  }
}

function toText(input: string | Uint8Array): string {
  let text: string;
  if (typeof input === 'string') {
    text = input;
  } else {
    if (!isUtf8(input)) {
      throw new KnownError('MALFORMED_JSON', { detail: 'The body is not UTF-8' });
    }
    text = Buffer.from(input.buffer, input.byteOffset, input.byteLength).toString('utf8');
  }
  return text.codePointAt(0) === 0xfeff ? text.slice(1) : text;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Strings are skipped from quote to quote: brackets in them mean nothing. */
function assertDepth(text: string): void {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case QUOTE:
        index = toStringEnd(text, index);
        break;
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > JSON_DEPTH_MAX) {
          throw new KnownError('MALFORMED_JSON', { detail: `Nested deeper than ${JSON_DEPTH_MAX} levels` });
        }
        break;
      case 0x5d:
      case 0x7d:
        depth -= 1;
        break;
      default:
    }
  }
}

function toStringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) {
      backslashes += 1;
    }
    if (backslashes % 2 === 0) {
      return end;
    }
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}

function reviveExactly(key: string, value: unknown, context?: { source?: string }): unknown {
  if (key === '__proto__' || (key === 'constructor' && isObject(value) && Object.hasOwn(value, 'prototype'))) {
    throw new KnownError('MALFORMED_JSON', { detail: 'A key that reaches an object prototype is not accepted' });
  }
  return typeof value === 'number' && context?.source !== undefined ? toExact(value, context.source) : value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function toExact(value: number, source: string): number | bigint {
  if (!Number.isInteger(value)) {
    return value;
  }
  if (/^-?\d+$/.test(source)) {
    return Number.isSafeInteger(value) ? value : BigInt(source);
  }
  return isWholeLiteral(source) ? value : Number.NaN;
}

/** True if the decimal literal itself, not its nearest double, has no fraction. */
function isWholeLiteral(source: string): boolean {
  const [mantissa = '', exponent = '0'] = source.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = (whole + fraction).replace(/0+$/, '');
  if (digits === '' || /^0*$/.test(digits)) {
    return true;
  }
  const trailingZeros = whole.length + fraction.length - digits.length;
  return Number(exponent) - fraction.length + trailingZeros >= 0;
}
