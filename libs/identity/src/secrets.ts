import { createHmac, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;

/** What a secret is for, told by its first letters: who finds one in the wrong place knows what to revoke. */
export type SecretKind = 'session' | 'merchant' | 'platform' | 'invitation';

/** A new bearer secret: 256 random bits in URL-safe letters. Only its SHA-256 is ever stored. */
export function makeSecret(kind: SecretKind): string {
  return `${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/**
 * The token with which a page shows that it is one of ours: made from the session's secret, which no foreign page can
 * read, so that nothing is stored and it ends with the session.
 */
export function toCsrfToken(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('tollgate/csrf/v1').digest('base64url');
}
