export { CookieSessions, CSRF_HEADER } from './browser/cookie-sessions.ts';
export { type KeyInput, Keys, type KeySummary } from './keys/keys.ts';
export * from './lookup.ts';
export { Merchants, type MerchantSummary } from './merchants/merchants.ts';
export { oidcEnvironment, type OidcSettings, toOidcSettings } from './oidc/oidc-settings.config.ts';
export { toInvitationLink } from './people/invitation-link.ts';
export { INVITATION_HOURS, Invitations } from './people/invitations.ts';
export { PeopleModule, type PeopleOptions } from './people.module.ts';
export { People, type Person, type PersonInput } from './people/people.ts';
export { type NewSession, SESSION_LIMITS, type SessionLimits, Sessions, type SignedIn } from './sessions/sessions.ts';
export { ensureKeysAndPeople, type ManagedKey } from './setup/ensure-keys-and-people.ts';
export { prepareIdentity, type PrepareIdentityOptions } from './setup/prepare-identity.ts';
export { ACCOUNT_FAILURES_MAX, ADDRESS_FAILURES_MAX, LoginThrottle } from './sign-in/login-throttle.ts';
export {
  PASSWORD_COST,
  PASSWORD_LENGTH_MAX,
  PASSWORD_LENGTH_MIN,
  type PasswordCost,
  Passwords,
} from './sign-in/passwords.ts';
export { SignIn, type SignInRequest } from './sign-in/sign-in.ts';
