import { KnownError, type PersonPrincipal, type Principal, type SessionAnswer } from '@tollgate/contracts';

/** The person who calls. @throws KnownError SCOPE_MISSING for a machine, which has no session to speak of */
export function signedIn(principal: Principal): PersonPrincipal {
  if (principal.kind !== 'person') {
    throw new KnownError('SCOPE_MISSING', { detail: 'This is for people who have signed in' });
  }
  return principal;
}

/** What a page is told of its session; the secret stays in the cookie. */
export function toSessionAnswer(
  { personId, email, displayName, role, scopes }: PersonPrincipal,
  { csrfToken, expiresAt }: { readonly csrfToken: string; readonly expiresAt: Date },
): SessionAnswer {
  return {
    person: { personId, email, displayName, role, scopes: [...scopes] },
    csrfToken,
    expiresAt: expiresAt.toISOString(),
  };
}
