import { KnownError } from '@tollgate/contracts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * A range as asked for; where it says nothing, the last day. A decision of this very moment is in it.
 * @throws KnownError VALIDATION_FAILED where it ends before it begins
 */
export function toRange(
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: Date,
): { from: Date; to: Date } {
  const end = to === undefined ? new Date(now.getTime() + 1) : new Date(to);
  const start = from === undefined ? new Date(end.getTime() - DAY_MS) : new Date(from);
  if (start >= end) {
    throw new KnownError('VALIDATION_FAILED', {
      facts: { errors: [{ path: 'from', message: 'has to lie before the end of the range' }] },
    });
  }
  return { from: start, to: end };
}
