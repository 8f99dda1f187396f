import { expect, it } from '@jest/globals';
import { quoteIdentifier, quoteLiteral } from './identifiers.ts';

it('quotes plain names', () => {
  expect(quoteIdentifier('tollgate_intake')).toBe('"tollgate_intake"');
});

it.each(['', 'Upper', 'a-b', 'a"b', 'a b', '1a', 'x; DROP', 'ä', 'a'.repeat(64)])('refuses the name "%s"', (name) => {
  expect(() => quoteIdentifier(name)).toThrow('cannot name a schema or role');
});

it('quotes literals and refuses what would need an escape syntax', () => {
  expect(quoteLiteral("O'Neill")).toBe("'O''Neill'");
  expect(() => quoteLiteral('a\\b')).toThrow('neither NUL nor backslash');
  expect(() => quoteLiteral('a\0b')).toThrow('neither NUL nor backslash');
});
