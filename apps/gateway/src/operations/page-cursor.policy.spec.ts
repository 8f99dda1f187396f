import { describe, expect, it } from '@jest/globals';
import { KnownError } from '@tollgate/contracts';
import fc from 'fast-check';
import { parseCursor, toCursor, toPage } from './page-cursor.policy.ts';

describe('a cursor', () => {
  it('reads back what it was made of', () => {
    const end = { at: '2026-11-21 05:41:40.123456+00', id: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' };
    expect(parseCursor(toCursor(end))).toEqual(end);
  });

  it('is refused, and never passed on to the database, when it was made by somebody else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => parseCursor(text)).toThrow(KnownError);
        expect(() => parseCursor(Buffer.from(text).toString('base64url'))).toThrow(KnownError);
      }),
    );
  });

  it('is there exactly if there is another page', () => {
    const end = () => ({ at: '2026-11-21 05:41:40+00', id: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' });
    expect(toPage([1, 2, 3], 2, String, end)).toEqual({ data: ['1', '2'], nextCursor: toCursor(end()) });
    expect(toPage([1, 2], 2, String, end)).toEqual({ data: ['1', '2'], nextCursor: null });
    expect(toPage([], 2, String, end)).toEqual({ data: [], nextCursor: null });
  });
});
