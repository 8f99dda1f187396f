import { createHmac } from 'node:crypto';

/**
 * A card's fingerprint: a keyed hash of Primer's `analyticsId`, never of a card number, so that neither the id nor a
 * card can be told from it without the key. Null where Primer gave no such id.
 * @param key derived for this purpose alone
 */
export function toCardFingerprint(key: Buffer, analyticsId: string | undefined): string | null {
  return analyticsId === undefined ? null : createHmac('sha256', key).update(analyticsId, 'utf8').digest('base64url');
}
