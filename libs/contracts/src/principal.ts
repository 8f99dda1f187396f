import { z } from 'zod';

/**
 * What a caller may be allowed to do. A route names those of which one is enough; who carries which is said by
 * {@link ROLE_SCOPES}, {@link OPERATOR_TOKEN_SCOPES} and the scopes that a key was made with.
 */
export const SCOPES = [
  'attempts:write',
  'attempts:read',
  'payments:write',
  'payments:read',
  // Having an unwanted payment cancelled, as somebody who is then not the second person for it.
  'payments:cancel',
  'approvals:read',
  // Opening, cancelling and deciding by API.
  'approvals:write',
  // Deciding attempts and commands as the person who has looked at them.
  'approvals:review',
  'risk:read',
  'risk:write',
  // Being the second person who puts a rule set live.
  'risk:promote',
  // Dead letters, lag, incidents, metrics.
  'operations:read',
  'people:manage',
  'operator',
] as const;
export type Scope = (typeof SCOPES)[number];
export const scopeName = z.enum(SCOPES).meta({ id: 'Scope' });

/** Roles of people, each with everything that the one before has. */
export const ROLES = ['viewer', 'reviewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];
export const roleName = z.enum(ROLES).meta({ id: 'Role' });

const READING = ['attempts:read', 'payments:read', 'approvals:read', 'risk:read', 'operations:read'] as const;
const REVIEWING = [...READING, 'approvals:review'] as const;
const OPERATING = [...REVIEWING, 'payments:cancel', 'risk:write', 'risk:promote', 'operator'] as const;

/** What a person of each role may do. Nobody has a merchant's scopes: checkouts and commands come from merchants. */
export const ROLE_SCOPES: Readonly<Record<Role, readonly Scope[]>> = {
  viewer: READING,
  reviewer: REVIEWING,
  operator: OPERATING,
  admin: [...OPERATING, 'people:manage'],
};

/** The operator token is a machine's: it reads and operates; what asks for a second person it leaves to people. */
export const OPERATOR_TOKEN_SCOPES: readonly Scope[] = ['operator', ...READING];
/** What a merchant's key may do unless it was made for less. */
export const MERCHANT_KEY_SCOPES: readonly Scope[] = [
  'attempts:write',
  'attempts:read',
  'payments:write',
  'approvals:read',
  'approvals:write',
];
/** What a platform key may do unless it was made for less. */
export const PLATFORM_KEY_SCOPES: readonly Scope[] = [
  'attempts:read',
  'payments:read',
  'approvals:read',
  'approvals:write',
];

interface WithScopes {
  readonly scopes: readonly Scope[];
}

/** A merchant's back end, by a key of that merchant. */
export interface MerchantPrincipal extends WithScopes {
  readonly kind: 'merchant';
  readonly merchantId: string;
  /** The key's own id; absent for the key that belongs to the merchant's own row. */
  readonly keyId?: string;
  /** The person who was given this key, so that somebody counts once however many keys they have. */
  readonly personId?: string;
}

/** The platform above all merchants: acts for every one of them. */
export interface PlatformPrincipal extends WithScopes {
  readonly kind: 'platform';
  readonly merchantId?: undefined;
  readonly keyId: string;
  readonly personId?: string;
}

/** The operator token: a machine that operates the installation. */
export interface OperatorPrincipal extends WithScopes {
  readonly kind: 'operator';
  readonly merchantId?: undefined;
}

/** A person who has signed in. Of no merchant: people see every one. */
export interface PersonPrincipal extends WithScopes {
  readonly kind: 'person';
  readonly merchantId?: undefined;
  readonly personId: string;
  readonly email: string;
  readonly displayName: string;
  readonly role: Role;
}

/** Who is calling. */
export type Principal = MerchantPrincipal | PlatformPrincipal | OperatorPrincipal | PersonPrincipal;

/**
 * Whose resources the caller may see: a merchant's key its own, everybody else the merchant they choose.
 * @returns undefined: of any merchant
 */
export function toVisibleMerchant(principal: Principal, chosen: string | undefined): string | undefined {
  return principal.kind === 'merchant' ? principal.merchantId : chosen;
}

/** The caller's name in records of who did what: a person's e-mail address, else the kind with what tells it apart. */
export function toActorName(principal: Principal): string {
  if (principal.kind === 'person') {
    return principal.email;
  }
  return principal.kind === 'merchant' ? `merchant:${principal.merchantId}` : principal.kind;
}
