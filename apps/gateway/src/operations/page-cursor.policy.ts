import { KnownError } from '@tollgate/contracts';

/** Where a page ended: the last row's instant, with microseconds as the database writes it, and its id. */
export interface PageEnd {
  readonly at: string;
  readonly id: string;
}

const INSTANT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:\d{2})?$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The opaque text that asks for the next page. */
export function toCursor({ at, id }: PageEnd): string {
  return Buffer.from(`${at}/${id}`).toString('base64url');
}

/** @throws KnownError VALIDATION_FAILED for what was never a cursor */
export function parseCursor(cursor: string): PageEnd {
  const [at = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('/');
  if (!INSTANT.test(at) || !UUID.test(id)) {
    const errors = [{ path: 'cursor', message: 'not a cursor of this list' }];
    throw new KnownError('VALIDATION_FAILED', { facts: { errors } });
  }
  return { at, id };
}

/** One page out of rows of which one more than `limit` was asked for. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  toEnd: (row: Row) => PageEnd,
): { data: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? toCursor(toEnd(last)) : null;
  return { data: shown.map(toItem), nextCursor };
}
