import { randomBytes } from 'node:crypto';

/** A token that nobody can guess, in the shape of Primer's. */
export function newTokenText(): string {
  return randomBytes(27).toString('base64url');
}
