import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import fc from 'fast-check';
import { JSON_DEPTH_MAX, parseJsonLossless } from './lossless-json.ts';

/** JSON.stringify for values that hold bigints, which are written as integer literals. */
function toText(value: unknown): string {
  if (typeof value === 'bigint') {
    return value.toString();
  }
  if (Array.isArray(value)) {
    return `[${value.map(toText).join(',')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${toText(item)}`)
      .join(',')}}`;
  }
  return JSON.stringify(value);
}

function refusalOf(text: string): KnownError {
  try {
    parseJsonLossless(text);
  } catch (error) {
    if (error instanceof KnownError) {
      return error;
    }
  }
  throw new Error('A KnownError was expected');
}

const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

describe('parseJsonLossless', () => {
  it('reads whatever JSON.parse reads, to the same value or a more exact one', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        if (!/__proto__|constructor/.test(text)) {
          const rounded = JSON.stringify(parseJsonLossless(text), (_key, value: unknown) =>
            typeof value === 'bigint' ? Number(value) : value,
          );
          expect(JSON.parse(rounded)).toEqual(JSON.parse(text));
        }
      }),
    );
  });

  it('keeps every digit of every integer, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), { maxLength: 5 }),
        fc.string(),
        (integers, text) => {
          const read = parseJsonLossless(toText({ integers, [`k${text}`]: text })) as { integers: unknown[] };
          expect(read.integers.map(String)).toEqual(integers.map(String));
        },
      ),
    );
  });

  it.each([
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['1234567890123456.5', 1234567890123456.5],
    ['100.00000000000000001', Number.NaN],
    ['1234567890.0000001', Number.NaN],
    ['1e-400', Number.NaN],
    ['0e-400', 0],
    ['0.0000000000000000', 0],
    ['1500000000000000000e-17', 15],
    ['1550000000000000001e-17', 15.5],
    ['51.1234567890123456789', Number('51.1234567890123456789')],
  ])('reads %s as %s', (text, expected) => {
    expect(parseJsonLossless(text)).toEqual(expected);
    expect(parseJsonLossless(`{"digits":"12345678901234567890","n":[${text}]}`)).toMatchObject({ n: [expected] });
  });

  it('leaves digits in strings alone', () => {
    expect(parseJsonLossless('"9007199254740993"')).toBe('9007199254740993');
  });

  it.each(['', ' ', '{', '{"a":1,}', "{'a':1}", 'NaN', '01', '[1] x', '"unterminated', String.raw`"a\"`])(
    'refuses %j as MALFORMED_JSON without quoting it',
    (text) => {
      const error = refusalOf(text);
      expect(error.code).toBe('MALFORMED_JSON');
      expect(error.message).toBe('The body is not JSON');
      expect(error.cause).toBeUndefined();
    },
  );

  it('refuses nesting beyond its limit and takes it up to there; brackets in strings do not count', () => {
    expect(() => parseJsonLossless(nested(JSON_DEPTH_MAX + 1))).toThrow(KnownError);
    expect(() => parseJsonLossless(nested(200_000))).toThrow(KnownError);
    expect(() => parseJsonLossless(nested(JSON_DEPTH_MAX))).not.toThrow();
    const text = `${'[{'.repeat(200)}\\"[[`;
    expect(parseJsonLossless(JSON.stringify([text]))).toEqual([text]);
  });

  it.each([
    '{"__proto__":1}',
    '{"a":[{"__proto__":{"admin":true}}]}',
    String.raw`{"\u005f\u005fproto\u005F_":1}`,
    '{"constructor":{"prototype":{}}}',
    String.raw`{"c\u006fnstructor":{"prototype":{}}}`,
  ])('refuses a key that could reach a prototype: %s', (text) => {
    expect(() => parseJsonLossless(text)).toThrow(KnownError);
  });

  it('takes the words themselves as values, and a harmless constructor key', () => {
    expect(parseJsonLossless('{"constructor":"ACME","name":"__proto__"}')).toEqual({
      constructor: 'ACME',
      name: '__proto__',
    });
  });

  it('reads bytes as UTF-8, skips a byte order mark, refuses other bytes', () => {
    expect(parseJsonLossless(Buffer.from('\ufeff{"a":"ü€😀"}'))).toEqual({ a: 'ü€😀' });
    expect(() => parseJsonLossless(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toThrow('The body is not UTF-8');
  });

  it('of equal keys takes the last', () => {
    expect(parseJsonLossless('{"a":1,"a":2}')).toEqual({ a: 2 });
  });
});
