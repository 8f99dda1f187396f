import { sql } from '@tollgate/persistence';
import { ATTEMPT_COLUMNS } from '../attempts/sql/select-attempts.sql.ts';

/**
 * Decided attempts that should have had an outcome, or been called unknown, for the time of $2 (milliseconds), and that
 * nobody has followed up yet. Rows that another instance has in hand are skipped. Uses the partial index
 * attempts_unanswered. $1 most rows.
 */
export const lockUnansweredAttempts = sql(
  'intake-lock-unanswered-attempts',
  `SELECT ${ATTEMPT_COLUMNS}, clock_timestamp() AS now
     FROM attempts a
    WHERE a.status = 'DECIDED' AND a.followed_up_at IS NULL
      AND a.approve_by <= clock_timestamp() - make_interval(secs => $2::float8 / 1000)
    ORDER BY a.approve_by
    LIMIT $1
      FOR UPDATE SKIP LOCKED`,
);

/** Marks locked attempts as followed up. $1 merchants, $2 ids. */
export const markFollowedUp = sql(
  'intake-mark-followed-up',
  `UPDATE attempts a
      SET followed_up_at = clock_timestamp()
     FROM unnest($1::text[], $2::uuid[]) AS keys (merchant_id, attempt_id)
    WHERE a.merchant_id = keys.merchant_id AND a.attempt_id = keys.attempt_id`,
);
