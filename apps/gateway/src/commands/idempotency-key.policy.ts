import { KnownError, paymentCommandId } from '@tollgate/contracts';

/**
 * How ids of the commands begin by which Tollgate itself cancels a payment that nobody wanted: whoever took such an id
 * first would have that payment kept.
 */
export const OWN_COMMAND_PREFIX = 'unwanted-payment-';

/**
 * The caller's command id in the header `Idempotency-Key`: as it is, or as a quoted string (draft-ietf-httpapi-
 * idempotency-key-header).
 * @throws KnownError MALFORMED_REQUEST without one that can be an id, and for an id of Tollgate's own commands
 */
export function parseIdempotencyKey(header: string | undefined): string {
  const text = header?.trim() ?? '';
  const parsed = paymentCommandId.safeParse(/^"(.*)"$/.exec(text)?.[1] ?? text);
  if (!parsed.success) {
    throw new KnownError('MALFORMED_REQUEST', {
      detail: 'The header Idempotency-Key is needed: the id of this command, 1 … 255 visible ASCII characters',
    });
  }
  if (parsed.data.startsWith(OWN_COMMAND_PREFIX)) {
    throw new KnownError('MALFORMED_REQUEST', {
      detail: `Ids that begin with ${OWN_COMMAND_PREFIX} are Tollgate's own`,
    });
  }
  return parsed.data;
}
