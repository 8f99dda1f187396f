import { KnownError } from '@tollgate/contracts';
import { formatInstant } from '../books/instant.policy.ts';

/** The place after which a page begins; callers take it as it is. */
export function toPageCursor(order: bigint | string): string {
  return Buffer.from(order.toString()).toString('base64url');
}

/** @throws KnownError VALIDATION_FAILED for a cursor that no page has given */
export function parseOrderCursor(cursor: string | undefined): bigint | undefined {
  const text = parseCursor(cursor, /^\d{1,18}$/);
  return text === undefined ? undefined : BigInt(text);
}

/** @throws KnownError VALIDATION_FAILED for a cursor that no page has given */
export function parseIdCursor(cursor: string | undefined): string | undefined {
  return parseCursor(cursor, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
}

/** A place in a list by due date: the date (`infinity` for none) and, among equal ones, the order of hearing. */
export interface DuePlace {
  readonly dueAt: string;
  readonly order: string;
}

/** @throws KnownError VALIDATION_FAILED for a cursor that no page has given */
export function parseDueCursor(cursor: string | undefined): DuePlace | undefined {
  const text = parseCursor(cursor, /^(\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}Z|infinity)\/\d{1,18}$/);
  const [dueAt, order] = text?.split('/') ?? [];
  return dueAt === undefined || order === undefined ? undefined : { dueAt, order };
}

/** {@link toPage} of a list by due date. */
export function toDuePage<Row extends { challenge_required_by_us: bigint | null; dispute_order: bigint }>(
  rows: readonly Row[],
  limit: number,
): { rows: readonly Row[]; nextCursor: string | null } {
  return toPage(rows, limit, ({ challenge_required_by_us: dueAtUs, dispute_order: order }) => {
    return `${dueAtUs === null ? 'infinity' : formatInstant(dueAtUs)}/${order}`;
  });
}

/**
 * Cuts rows that were asked for one more than fits on the page.
 * @returns the page and the cursor of the next one, null at the end
 */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  orderOf: (row: Row) => bigint | string,
): { rows: readonly Row[]; nextCursor: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, nextCursor: rows.length > limit && last !== undefined ? toPageCursor(orderOf(last)) : null };
}

function parseCursor(cursor: string | undefined, expected: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const text = Buffer.from(cursor, 'base64url').toString();
  if (expected.test(text)) return text;
  const errors = [{ path: 'cursor', message: 'not a cursor of this list' }];
  throw new KnownError('VALIDATION_FAILED', { facts: { errors } });
}
