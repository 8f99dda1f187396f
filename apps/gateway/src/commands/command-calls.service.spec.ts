import { describe, expect, it } from '@jest/globals';
import type { PaymentRead, ReadCall } from '@tollgate/primer-client';
import { toSight } from './command-calls.service.ts';

const refused = (status: number, errorId?: string): ReadCall<PaymentRead> => ({
  kind: status === 404 ? 'missing' : 'refused',
  status,
  ...(errorId === undefined ? {} : { error: { errorId } }),
});

describe('a payment that cannot be read', () => {
  it.each([
    ['is none of the merchant, in Primer’s words', refused(400, 'PaymentError'), 'missing'],
    ['is not there, in Primer’s words', refused(404, 'EntityNotFound'), 'missing'],
    ['is not there, says somebody else', refused(404), 'unavailable'],
    ['may not be asked for, says somebody else', refused(400), 'unavailable'],
    ['is refused to this key', refused(401), 'key-refused'],
    ['is refused to a key without the scope', refused(403), 'key-refused'],
    ['is not answered for', { kind: 'unavailable', reason: 'server-error' } as const, 'unavailable'],
  ])('%s', (_why, read, kind) => {
    expect(toSight(read).kind).toBe(kind);
  });
});
