import { sql } from '@tollgate/persistence';

/** Columns of a stored attempt, as {@link AttemptRow} reads them. */
export const ATTEMPT_COLUMNS = `
  a.merchant_id, a.attempt_id, a.client_session_id, a.instrument, a.analytics_id, a.order_id, a.amount_minor::text,
  a.currency, a.received_at, a.decide_by, a.approve_by, a.expires_at, a.status, a.facts, a.sightings`;

/** The attempts of these keys that exist. $1 merchant ids, $2 attempt ids. */
export const selectAttempts = sql(
  'intake-select-attempts',
  `SELECT ${ATTEMPT_COLUMNS}
     FROM unnest($1::text[], $2::uuid[]) AS keys (merchant_id, attempt_id)
     JOIN attempts a USING (merchant_id, attempt_id)`,
);

/** The same with the database's clock: at least one row, whose attempt columns are null when none of them exists. */
export const selectAttemptsAndClock = sql(
  'intake-select-attempts-and-clock',
  `SELECT clock_timestamp() AS now, ${ATTEMPT_COLUMNS}
     FROM (SELECT 1) AS always
     LEFT JOIN (attempts a JOIN unnest($1::text[], $2::uuid[]) AS keys (merchant_id, attempt_id)
                  USING (merchant_id, attempt_id)) ON true`,
);

/** The attempts of these keys, locked in one order until the transaction ends. */
export const lockAttempts = sql(
  'intake-lock-attempts',
  `SELECT ${ATTEMPT_COLUMNS}
     FROM attempts a
    WHERE (a.merchant_id, a.attempt_id) IN
          (SELECT merchant_id, attempt_id FROM unnest($1::text[], $2::uuid[]) AS keys (merchant_id, attempt_id))
    ORDER BY a.merchant_id, a.attempt_id
      FOR UPDATE`,
);

/** Attempts of one id, of any merchant: an operator's question. $1 attempt id, $2 merchant id or null. */
export const selectAttemptsById = sql(
  'intake-select-attempts-by-id',
  `SELECT ${ATTEMPT_COLUMNS}
     FROM attempts a
    WHERE a.attempt_id = $1 AND ($2::text IS NULL OR a.merchant_id = $2)
    ORDER BY a.received_at
    LIMIT 1`,
);

/** The database's clock, by which an attempt's own clocks are fixed. */
export const selectClock = sql('intake-select-clock', 'SELECT clock_timestamp() AS now');

/** An attempt's timeline, oldest first. $1 merchant id, $2 attempt id, $3 most lines. */
export const selectTimeline = sql(
  'intake-select-timeline',
  `SELECT at, event, detail
     FROM attempt_timeline
    WHERE merchant_id = $1 AND attempt_id = $2
    ORDER BY at, entry_id
    LIMIT $3`,
);
