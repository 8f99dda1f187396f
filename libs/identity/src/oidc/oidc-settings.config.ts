import { ROLES, type Role } from '@tollgate/contracts';
import { z } from 'zod';

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** `staff=viewer,payments=operator`: by group of the provider, the role it gives. */
const roleMap = z.string().transform((text, context): ReadonlyMap<string, Role> => {
  const pairs = list(text).map((pair) => pair.split('='));
  const isRole = (name: string | undefined): name is Role => ROLES.some((role) => role === name);
  if (pairs.length === 0 || pairs.some(([group, name, ...rest]) => !group || !isRole(name) || rest.length > 0)) {
    context.addIssue({ code: 'custom', message: `group=role expected, comma separated; roles: ${ROLES.join(', ')}` });
    return z.NEVER;
  }
  return new Map(pairs as Array<[string, Role]>);
});

/** Sign-in by a company's OpenID Connect provider: off unless an issuer is named. */
export const oidcEnvironment = z.object({
  OIDC_ISSUER_URL: z.url().optional().describe('the OpenID Connect provider; absent: people sign in by password only'),
  OIDC_CLIENT_ID: z.string().min(1).optional().describe('the client id that the provider knows this installation by'),
  OIDC_CLIENT_SECRET: z.string().min(1).optional().describe('the client secret of that client id'),
  OIDC_ALLOWED_DOMAINS: z
    .string()
    .transform(list)
    .optional()
    .describe('domains of e-mail addresses that are let in, comma separated'),
  OIDC_ROLE_CLAIM: z.string().min(1).default('groups').describe('the claim that tells what somebody may do'),
  OIDC_ROLES: roleMap.optional().describe('group=role, comma separated; whoever has none of the groups is not let in'),
});

/** What sign-in by OpenID Connect needs. */
export interface OidcSettings {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly allowedDomains: readonly string[];
  readonly roleClaim: string;
  readonly roles: ReadonlyMap<string, Role>;
}

const NEEDED = ['OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_ALLOWED_DOMAINS', 'OIDC_ROLES'] as const;

/**
 * The settings, when an issuer is named.
 * @throws Error naming what is missing beside it: nothing about who is let in has a default
 */
export function toOidcSettings(values: z.output<typeof oidcEnvironment>): OidcSettings | undefined {
  if (values.OIDC_ISSUER_URL === undefined) {
    return undefined;
  }
  const missing = NEEDED.filter((name) => values[name] === undefined);
  if (missing.length > 0) {
    throw new Error(`OIDC_ISSUER_URL is set, and ${missing.join(', ')} missing`);
  }
  return {
    issuer: new URL(values.OIDC_ISSUER_URL),
    clientId: values.OIDC_CLIENT_ID!,
    clientSecret: values.OIDC_CLIENT_SECRET!,
    allowedDomains: values.OIDC_ALLOWED_DOMAINS!.map((domain) => domain.toLowerCase()),
    roleClaim: values.OIDC_ROLE_CLAIM,
    roles: values.OIDC_ROLES!,
  };
}
