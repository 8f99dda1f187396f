import { createHash } from 'node:crypto';
import { KnownError } from '@tollgate/contracts';
import { sql, toSubscriber } from '@tollgate/persistence';
import type { IdentityDatabase } from '../identity-database.ts';

/** Failures are counted over this time. */
const WINDOW_MINUTES = 15;
/** Failures for one account, whether or not it exists: more are refused unseen, a right password among them. */
export const ACCOUNT_FAILURES_MAX = 10;
/** Failures from one address, of IPv6 from one subscriber's network, for whatever accounts. */
export const ADDRESS_FAILURES_MAX = 50;
/** Rows are of no use after this time, and hold addresses: they go. */
const KEPT_HOURS = 24;

const lockBoth = sql(
  'identity-lock-login',
  'SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest($1::text[]) AS name',
);
const forgetOld = sql(
  'identity-forget-logins',
  `DELETE FROM identity.login_attempt WHERE attempt_id IN (
     SELECT attempt_id FROM identity.login_attempt WHERE at < now() - make_interval(hours => ${KEPT_HOURS})
      ORDER BY attempt_id LIMIT 100)`,
);
const countFailures = sql(
  'identity-count-failures',
  `SELECT (SELECT count(*) FROM identity.login_attempt
            WHERE account_sha256 = $1 AND NOT succeeded AND at > w.since)::int AS of_account,
          (SELECT count(*) FROM identity.login_attempt
            WHERE address = $2 AND NOT succeeded AND at > w.since)::int AS from_address,
          (SELECT ceil(extract(epoch FROM min(at) - w.since)) FROM identity.login_attempt
            WHERE (account_sha256 = $1 OR address = $2) AND NOT succeeded AND at > w.since)::int AS seconds_left
     FROM (SELECT clock_timestamp() - make_interval(mins => ${WINDOW_MINUTES}) AS since) w`,
);
const insertAttempt = sql(
  'identity-insert-login',
  'INSERT INTO identity.login_attempt (account_sha256, address) VALUES ($1, $2) RETURNING attempt_id',
);
const markSucceeded = sql(
  'identity-login-succeeded',
  'UPDATE identity.login_attempt SET succeeded = true WHERE attempt_id = $1',
);

/**
 * Slows guessing down, per account and per address. An attempt counts as failed from its beginning until it has
 * succeeded, so that guesses sent together count like guesses sent one by one. The answer and its time say nothing
 * about whether there is such an account.
 */
export class LoginThrottle {
  constructor(private readonly database: IdentityDatabase) {}

  /**
   * @returns the attempt, to be told when it has succeeded
   * @throws KnownError TOO_MANY_SIGN_INS with the seconds until the oldest failure is forgotten
   */
  async begin(email: string, from: string): Promise<bigint> {
    const address = toSubscriber(from) ?? from;
    const account = createHash('sha256').update(email.toLowerCase()).digest('hex');
    return this.database.transaction(async (queries) => {
      await queries.query(lockBoth, [[`account ${account}`, `address ${address}`]]);
      await queries.query(forgetOld);
      const [counted] = await queries.query<{ of_account: number; from_address: number; seconds_left: number | null }>(
        countFailures,
        [account, address],
      );
      const { of_account: ofAccount, from_address: fromAddress, seconds_left: secondsLeft } = counted!;
      if (ofAccount >= ACCOUNT_FAILURES_MAX || fromAddress >= ADDRESS_FAILURES_MAX) {
        throw new KnownError('TOO_MANY_SIGN_INS', { facts: { retryAfterSeconds: Math.max(1, secondsLeft ?? 1) } });
      }
      const [attempt] = await queries.query<{ attempt_id: bigint }>(insertAttempt, [account, address]);
      return attempt!.attempt_id;
    });
  }

  async succeeded(attemptId: bigint): Promise<void> {
    await this.database.query(markSucceeded, [attemptId]);
  }
}
