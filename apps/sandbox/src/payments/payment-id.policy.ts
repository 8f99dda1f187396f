import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Primer's ids have 8 characters; two more make a collision among millions of payments a matter of centuries. */
const LENGTH = 10;

/** An id that looks like Primer's (`IHQlakKC`). */
export function newPaymentId(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
