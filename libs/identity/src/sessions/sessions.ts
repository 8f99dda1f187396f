import { randomUUID } from 'node:crypto';
import type { PersonPrincipal } from '@tollgate/contracts';
import { hashBearerKey, sql } from '@tollgate/persistence';
import type { IdentityDatabase, Queries } from '../identity-database.ts';
import { makeSecret, toCsrfToken } from '../secrets.ts';

/** How long sessions live, in minutes. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleMinutes: number;
  /** However busy. */
  readonly absoluteMinutes: number;
}

/** OWASP's Session Management Cheat Sheet: 15 to 30 minutes idle for valuable data, a working day at most. */
export const SESSION_LIMITS: SessionLimits = { idleMinutes: 30, absoluteMinutes: 12 * 60 };

export type SignInWay = 'password' | 'oidc' | 'invitation';

/** A session that was just begun: what its browser gets. */
export interface NewSession {
  readonly sessionId: string;
  /** Goes into the cookie and is the bearer key at the services; only its hash is kept. */
  readonly secret: string;
  readonly csrfToken: string;
  readonly expiresAt: Date;
}

/** Somebody has come in. */
export interface SignedIn {
  readonly person: PersonPrincipal;
  readonly session: NewSession;
}

/** Use is written down at most this often; seconds. */
const NOTICE_SECONDS = 60;
/** Rows of ended sessions stay for questions about them this long; days. */
const KEPT_DAYS = 30;

const insertSession = sql(
  'identity-insert-session',
  `INSERT INTO identity.person_session (session_id, secret_sha256, person_id, signed_in_by, idle_until, expires_at)
   VALUES ($1, $2, $3, $4, now() + least($5::int, $6::int) * interval '1 minute', now() + $6::int * interval '1 minute')
   RETURNING expires_at`,
);
const forgetOld = sql(
  'identity-forget-sessions',
  `DELETE FROM identity.person_session WHERE session_id IN (
     SELECT session_id FROM identity.person_session WHERE expires_at < now() - make_interval(days => ${KEPT_DAYS})
      ORDER BY expires_at LIMIT 100)`,
);
const noticeUse = sql(
  'identity-notice-session',
  `UPDATE identity.person_session
      SET idle_until = least(expires_at, now() + $2::int * interval '1 minute')
    WHERE secret_sha256 = $1 AND ended_at IS NULL AND idle_until > now()
      AND idle_until < least(expires_at, now() + $2::int * interval '1 minute' - ${NOTICE_SECONDS} * interval '1 second')`,
);
const endOne = sql(
  'identity-end-session',
  `UPDATE identity.person_session SET ended_at = clock_timestamp(), ended_because = $2
    WHERE secret_sha256 = $1 AND ended_at IS NULL RETURNING person_id`,
);
const endAll = sql(
  'identity-end-sessions',
  `UPDATE identity.person_session SET ended_at = clock_timestamp(), ended_because = $2
    WHERE person_id = $1 AND ended_at IS NULL AND secret_sha256 IS DISTINCT FROM $3 RETURNING session_id`,
);
const findOpen = sql(
  'identity-find-session',
  'SELECT expires_at FROM identity.person_session WHERE secret_sha256 = $1 AND ended_at IS NULL',
);

/**
 * Sessions of people who have signed in, kept on the server. A service asks for a session at every request, so one that
 * has ended is refused at once, everywhere.
 */
export class Sessions {
  constructor(
    private readonly database: IdentityDatabase,
    private readonly limits: SessionLimits = SESSION_LIMITS,
  ) {}

  /** Begins a session with a secret of its own, never with one that somebody brought along. */
  async open(personId: string, way: SignInWay, queries: Queries = this.database): Promise<NewSession> {
    const sessionId = randomUUID();
    const secret = makeSecret('session');
    await queries.query(forgetOld);
    const [row] = await queries.query<{ expires_at: Date }>(insertSession, [
      sessionId,
      hashBearerKey(secret),
      personId,
      way,
      this.limits.idleMinutes,
      this.limits.absoluteMinutes,
    ]);
    return { sessionId, secret, csrfToken: toCsrfToken(secret), expiresAt: row!.expires_at };
  }

  /** The session was used: it stays open. Written at most once a minute. */
  async noticeUse(secret: string): Promise<void> {
    await this.database.query(noticeUse, [hashBearerKey(secret), this.limits.idleMinutes]);
  }

  /** An open session's part for its page; undefined when it has ended. */
  async find(secret: string): Promise<Pick<NewSession, 'csrfToken' | 'expiresAt'> | undefined> {
    const [row] = await this.database.query<{ expires_at: Date }>(findOpen, [hashBearerKey(secret)]);
    return row && { csrfToken: toCsrfToken(secret), expiresAt: row.expires_at };
  }

  /** @returns whether it was open */
  async end(secret: string, because: string, queries: Queries = this.database): Promise<boolean> {
    return (await queries.query(endOne, [hashBearerKey(secret), because])).length > 0;
  }

  /**
   * Ends every session of a person.
   * @param options.except the secret of the one that stays
   * @returns how many were open
   */
  async endAll(personId: string, options: { because: string; except?: string; queries?: Queries }): Promise<number> {
    const kept = options.except === undefined ? null : hashBearerKey(options.except);
    const rows = await (options.queries ?? this.database).query(endAll, [personId, options.because, kept]);
    return rows.length;
  }
}
