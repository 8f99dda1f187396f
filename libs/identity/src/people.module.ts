import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { BROWSER_SESSIONS, Log } from '@tollgate/platform';
import { CookieSessions } from './browser/cookie-sessions.ts';
import { toCookieSettings } from './browser/session-cookie.ts';
import { InvitationsController } from './http/invitations.controller.ts';
import { OidcController } from './http/oidc.controller.ts';
import { PeopleController } from './http/people.controller.ts';
import { SessionController } from './http/session.controller.ts';
import { IdentityDatabase } from './identity-database.ts';
import { OidcChoice } from './oidc/oidc-choice.ts';
import type { OidcSettings } from './oidc/oidc-settings.config.ts';
import { OidcSignIn } from './oidc/oidc-sign-in.ts';
import { Invitations } from './people/invitations.ts';
import { People } from './people/people.ts';
import { PUBLIC_URL } from './public-url.ts';
import { SESSION_LIMITS, type SessionLimits, Sessions } from './sessions/sessions.ts';
import { LoginThrottle } from './sign-in/login-throttle.ts';
import { type PasswordCost, Passwords } from './sign-in/passwords.ts';
import { SignIn } from './sign-in/sign-in.ts';

export interface PeopleOptions {
  /** The address under which browsers know the pages. */
  readonly publicUrl: URL;
  readonly masterKey: string;
  /** Absent: people sign in by password only. */
  readonly oidc?: OidcSettings | undefined;
  readonly sessionLimits?: SessionLimits;
  /** For tests: what hashing a password costs. */
  readonly passwordCost?: PasswordCost;
}

/**
 * Signing in, sessions in cookies, invitations, people: for the one service that has pages. Needs IdentityModule, and a
 * database role that may write the identity schema.
 */
@Module({})
export class PeopleModule {
  /** @throws Error for a public address that would carry sessions in the clear */
  static forRoot(options: PeopleOptions): DynamicModule {
    const { publicUrl, masterKey, oidc } = options;
    const cookies = toCookieSettings(publicUrl);
    const oidcProviders: Provider[] =
      oidc === undefined
        ? []
        : [
            {
              provide: OidcSignIn,
              inject: [IdentityDatabase, Sessions],
              useFactory: (database: IdentityDatabase, sessions: Sessions) =>
                new OidcSignIn(database, sessions, oidc, { publicUrl, masterKey }),
            },
          ];
    return {
      module: PeopleModule,
      controllers: [
        SessionController,
        InvitationsController,
        PeopleController,
        ...(oidc === undefined ? [] : [OidcController]),
      ],
      providers: [
        { provide: PUBLIC_URL, useValue: publicUrl },
        { provide: OidcChoice, useValue: new OidcChoice(oidc !== undefined) },
        { provide: Passwords, useFactory: () => new Passwords(options.passwordCost) },
        {
          provide: Sessions,
          inject: [IdentityDatabase],
          useFactory: (database: IdentityDatabase) => new Sessions(database, options.sessionLimits ?? SESSION_LIMITS),
        },
        {
          provide: People,
          inject: [IdentityDatabase, Sessions, Passwords],
          useFactory: (database: IdentityDatabase, sessions: Sessions, passwords: Passwords) =>
            new People(database, sessions, passwords),
        },
        {
          provide: Invitations,
          inject: [IdentityDatabase, Sessions, Passwords],
          useFactory: (database: IdentityDatabase, sessions: Sessions, passwords: Passwords) =>
            new Invitations(database, sessions, passwords),
        },
        {
          provide: SignIn,
          inject: [IdentityDatabase, Passwords, Sessions, People],
          useFactory: (database: IdentityDatabase, passwords: Passwords, sessions: Sessions, people: People) =>
            new SignIn(database, { throttle: new LoginThrottle(database), passwords, sessions, people }),
        },
        {
          provide: CookieSessions,
          inject: [Sessions, Log],
          useFactory: (sessions: Sessions, log: Log) => new CookieSessions(sessions, cookies, publicUrl, log),
        },
        { provide: BROWSER_SESSIONS, useExisting: CookieSessions },
        ...oidcProviders,
      ],
      exports: [CookieSessions, Sessions, SignIn, People, Invitations],
    };
  }
}
