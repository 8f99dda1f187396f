import { KnownError } from '@tollgate/contracts';
import { sql } from '@tollgate/persistence';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase } from '../identity-database.ts';
import type { NewSession, Sessions } from '../sessions/sessions.ts';
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
  password_hash: string | null;
  disabled_at: Date | null;
}

const findAccount = sql(
  'identity-find-account',
  'SELECT person_id, email, password_hash, disabled_at FROM identity.person WHERE email = $1',
);
const findActive = sql(
  'identity-lock-account',
  `SELECT person_id FROM identity.person
    WHERE person_id = $1 AND disabled_at IS NULL AND password_hash = $2 FOR SHARE`,
);
/** Stands in the record for an address that nobody has: what was typed there may have been a password. */
const NOBODY = 'no such account';

/** Signs people in by e-mail address and password. */
export class SignIn {
  constructor(
    private readonly database: IdentityDatabase,
    private readonly throttle: LoginThrottle,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
  ) {}

  /**
   * A wrong password, an unknown address and a disabled account are answered alike, after the same work.
   * @throws KnownError SIGN_IN_REFUSED; TOO_MANY_SIGN_INS; OVERLOADED
   */
  async signIn(request: SignInRequest): Promise<NewSession> {
    const attemptId = await this.throttle.begin(request.email, request.address);
    const [account] = await this.database.query<AccountRow>(findAccount, [request.email.toLowerCase()]);
    const fits = await this.passwords.fits(request.password, account?.password_hash ?? undefined);
    const session = fits && account !== undefined ? await this.#open(account, request) : undefined;
    if (session === undefined) {
      const subject = account?.email ?? NOBODY;
      await recordAudit(this.database, {
        actor: subject,
        action: 'sign-in refused',
        subject,
        facts: { address: request.address },
      });
      throw new KnownError('SIGN_IN_REFUSED');
    }
    await this.throttle.succeeded(attemptId);
    return session;
  }

  /** Ends the session of somebody who leaves. */
  async signOut(secret: string, email: string): Promise<void> {
    await this.database.transaction(async (queries) => {
      if (await this.sessions.end(secret, 'signed out', queries)) {
        await recordAudit(queries, { actor: email, action: 'signed out', subject: email });
      }
    });
  }

  /** Whoever was disabled meanwhile, or has another password by now, gets no session: the row is read again, locked. */
  #open(account: AccountRow, request: SignInRequest): Promise<NewSession | undefined> {
    return this.database.transaction(async (queries) => {
      if ((await queries.query(findActive, [account.person_id, account.password_hash])).length === 0) {
        return undefined;
      }
      if (request.formerSecret !== undefined) {
        await this.sessions.end(request.formerSecret, 'signed in anew', queries);
      }
      const session = await this.sessions.open(account.person_id, 'password', queries);
      const facts = { address: request.address, sessionId: session.sessionId };
      await recordAudit(queries, { actor: account.email, action: 'signed in', subject: account.email, facts });
      return session;
    });
  }
}
