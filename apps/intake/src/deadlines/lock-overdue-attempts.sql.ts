import { sql } from '@tollgate/persistence';
import { ATTEMPT_COLUMNS } from '../attempts/sql/select-attempts.sql.ts';

/**
 * Undecided attempts past their deadline, oldest first. Rows that another instance has in hand are skipped: each is
 * decided by one of them. Uses the partial index attempts_undecided. $1 most rows.
 */
export const lockOverdueAttempts = sql(
  'intake-lock-overdue-attempts',
  `SELECT ${ATTEMPT_COLUMNS}, clock_timestamp() AS now
     FROM attempts a
    WHERE a.status IN ('RECEIVED', 'IN_REVIEW') AND a.decide_by <= clock_timestamp()
    ORDER BY a.decide_by
    LIMIT $1
      FOR UPDATE SKIP LOCKED`,
);

/** Milliseconds until the next deadline, negative when it has passed; null without an undecided attempt. */
export const selectNextDeadline = sql(
  'intake-select-next-deadline',
  `SELECT (extract(epoch FROM min(decide_by) - clock_timestamp()) * 1000)::float8 AS delay_ms
     FROM attempts
    WHERE status IN ('RECEIVED', 'IN_REVIEW')`,
);
