import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outsideId, toEventId } from './ids.ts';

const part = fc.string({ maxLength: 8 });
const parts = fc.record({
  producer: part,
  type: part,
  subject: part,
  cause: fc.record({ source: part, id: part, ordinal: fc.nat({ max: 3 }) }),
});

it('gives one effect one name, and two effects two', () => {
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const same = JSON.stringify(left) === JSON.stringify(right);
      expect(toEventId(left) === toEventId(right)).toBe(same);
      expect(toEventId(left)).toBe(toEventId(structuredClone(left)));
    }),
  );
});

it.each([
  ['empty', ''],
  ['257 characters long', 'x'.repeat(257)],
  ['with a line break', 'a\nb'],
  ['with a NUL', 'a\u0000b'],
  ['with half a surrogate pair', 'a\ud800'],
])('refuses an id that is %s', (_kind, id) => {
  expect(outsideId.safeParse(id).success).toBe(false);
});
