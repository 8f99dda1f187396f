import { KnownError, type PersonPrincipal, type Role } from '@tollgate/contracts';
import { sql } from '@tollgate/persistence';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase } from '../identity-database.ts';
import { toPersonPrincipal } from '../lookup/bearer.policy.ts';
import type { People } from '../people/people.ts';
import type { Sessions, SignedIn } from '../sessions/sessions.ts';
import type { LoginThrottle } from './login-throttle.ts';
import type { Passwords } from './passwords.ts';

/** What somebody presents who wants in. */
export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  /** The network address it comes from. */
  readonly address: string;
  /** The session that the browser brings along: it ends, whoever it belonged to. */
  readonly formerSecret?: string;
}

interface AccountRow {
  person_id: string;
  email: string;
  display_name: string;
  role: Role;
  password_hash: string | null;
}

const findAccount = sql(
  'identity-find-account',
  'SELECT person_id, email, display_name, role, password_hash FROM identity.person WHERE email = $1',
);
const findActive = sql(
  'identity-lock-account',
  `SELECT person_id FROM identity.person
    WHERE person_id = $1 AND disabled_at IS NULL AND password_hash = $2 AND role = $3 FOR SHARE`,
);
/** Stands in the record for an address that nobody has: what was typed there may have been a password. */
const NOBODY = 'no such account';

/** Signs people in by e-mail address and password. */
export class SignIn {
  constructor(
    private readonly database: IdentityDatabase,
    private readonly parts: {
      readonly throttle: LoginThrottle;
      readonly passwords: Passwords;
      readonly sessions: Sessions;
      readonly people: People;
    },
  ) {}

  /**
   * A wrong password, an unknown address and a disabled account are answered alike, after the same work.
   * @throws KnownError SIGN_IN_REFUSED; TOO_MANY_SIGN_INS; OVERLOADED
   */
  async signIn(request: SignInRequest): Promise<SignedIn> {
    const attemptId = await this.parts.throttle.begin(request.email, request.address);
    const [account] = await this.database.query<AccountRow>(findAccount, [request.email.toLowerCase()]);
    const fits = await this.parts.passwords.fits(request.password, account?.password_hash ?? undefined);
    const signedIn = fits && account !== undefined ? await this.#open(account, request) : undefined;
    if (signedIn === undefined) {
      const subject = account?.email ?? NOBODY;
      await recordAudit(this.database, {
        actor: subject,
        action: 'sign-in refused',
        subject,
        facts: { address: request.address },
      });
      throw new KnownError('SIGN_IN_REFUSED');
    }
    await this.parts.throttle.succeeded(attemptId);
    return signedIn;
  }

  /**
   * A person's own change of password. Guessing the current one is slowed down as signing in is.
   * @throws KnownError SIGN_IN_REFUSED, TOO_MANY_SIGN_INS, VALIDATION_FAILED
   */
  async changePassword(
    person: PersonPrincipal,
    change: { current: string; next: string; sessionSecret: string; address: string },
  ): Promise<void> {
    const attemptId = await this.parts.throttle.begin(person.email, change.address);
    await this.parts.people.changePassword(person.personId, change);
    await this.parts.throttle.succeeded(attemptId);
  }

  /** Ends the session of somebody who leaves. */
  async signOut(secret: string, email: string): Promise<void> {
    await this.database.transaction(async (queries) => {
      if (await this.parts.sessions.end(secret, 'signed out', queries)) {
        await recordAudit(queries, { actor: email, action: 'signed out', subject: email });
      }
    });
  }

  /** Ends every session of a person but the one that asks. */
  async signOutOthers({ personId, email }: PersonPrincipal, secret: string): Promise<void> {
    await this.database.transaction(async (queries) => {
      const options = { because: 'signed out elsewhere', except: secret, queries };
      const sessionsEnded = await this.parts.sessions.endAll(personId, options);
      await recordAudit(queries, { actor: email, action: 'sessions ended', subject: email, facts: { sessionsEnded } });
    });
  }

  /** Whoever was disabled meanwhile, or has another password or role by now, gets no session: the row is read again, locked. */
  #open(account: AccountRow, request: SignInRequest): Promise<SignedIn | undefined> {
    return this.database.transaction(async (queries) => {
      if ((await queries.query(findActive, [account.person_id, account.password_hash, account.role])).length === 0) {
        return undefined;
      }
      if (request.formerSecret !== undefined) {
        await this.parts.sessions.end(request.formerSecret, 'signed in anew', queries);
      }
      const session = await this.parts.sessions.open(account.person_id, 'password', queries);
      const facts = { address: request.address, sessionId: session.sessionId };
      await recordAudit(queries, { actor: account.email, action: 'signed in', subject: account.email, facts });
      return { person: toPersonPrincipal(account), session };
    });
  }
}
