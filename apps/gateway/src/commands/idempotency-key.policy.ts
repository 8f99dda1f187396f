import { KnownError, paymentCommandId } from '@tollgate/contracts';

/**
 * The caller's command id in the header `Idempotency-Key`: as it is, or as a quoted string (draft-ietf-httpapi-
 * idempotency-key-header).
 * @throws KnownError MALFORMED_REQUEST without one that can be an id
 */
export function parseIdempotencyKey(header: string | undefined): string {
  const text = header?.trim() ?? '';
  const parsed = paymentCommandId.safeParse(/^"(.*)"$/.exec(text)?.[1] ?? text);
  if (!parsed.success) {
    throw new KnownError('MALFORMED_REQUEST', {
      detail: 'The header Idempotency-Key is needed: the id of this command, 1 … 255 visible ASCII characters',
    });
  }
  return parsed.data;
}
