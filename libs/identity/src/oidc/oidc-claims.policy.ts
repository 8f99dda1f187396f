import { ROLES, type Role } from '@tollgate/contracts';

/** Who a provider says somebody is, as far as it is believed. */
export interface KnownByProvider {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
}

/** Who is let in. */
export interface AdmissionRules {
  readonly allowedDomains: readonly string[];
  readonly roleClaim: string;
  readonly roles: ReadonlyMap<string, Role>;
}

const NAME_LENGTH_MAX = 120;

/**
 * Reads the claims of a verified ID token (OpenID Connect Core 1.0, section 5.1).
 * @returns undefined for somebody who is not let in: without a verified address, of a foreign domain, or with no group
 *   that gives a role. Of several roles the highest counts.
 */
export function admit(claims: Readonly<Record<string, unknown>>, rules: AdmissionRules): KnownByProvider | undefined {
  const { iss: issuer, sub: subject, email_verified: isVerified } = claims;
  const email = typeof claims['email'] === 'string' ? claims['email'].toLowerCase() : '';
  const domain = email.slice(email.lastIndexOf('@') + 1);
  const role = highestRole(claims[rules.roleClaim], rules.roles);
  if (
    typeof issuer !== 'string' ||
    typeof subject !== 'string' ||
    isVerified !== true ||
    !/^[^\s@]+@[^\s@]+$/.test(email) ||
    !rules.allowedDomains.includes(domain) ||
    role === undefined
  ) {
    return undefined;
  }
  const name = typeof claims['name'] === 'string' ? claims['name'].replaceAll(/\p{Cc}/gu, ' ').trim() : '';
  return { issuer, subject, email, displayName: (name || email).slice(0, NAME_LENGTH_MAX), role };
}

function highestRole(claim: unknown, roles: ReadonlyMap<string, Role>): Role | undefined {
  const groups: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  const given = groups.flatMap((group) => (typeof group === 'string' ? (roles.get(group) ?? []) : []));
  return ROLES.findLast((role) => given.includes(role));
}
