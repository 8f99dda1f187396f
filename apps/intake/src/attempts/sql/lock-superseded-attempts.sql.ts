import { sql } from '@tollgate/persistence';
import { ATTEMPT_COLUMNS } from './select-attempts.sql.ts';

/**
 * Undecided attempts that are not the newest of their client session, with the newest one's id: by receipt, then by
 * arrival. Locked in one order. $1 merchant ids, $2 client session ids; the sessions are locked by the caller.
 */
export const lockSupersededAttempts = sql(
  'intake-lock-superseded-attempts',
  `SELECT ${ATTEMPT_COLUMNS}, newest.attempt_id AS superseded_by
     FROM (SELECT DISTINCT * FROM unnest($1::text[], $2::text[]) AS keys (merchant_id, client_session_id)) AS session
    CROSS JOIN LATERAL (
          SELECT n.attempt_id, n.received_at, n.arrival
            FROM attempts n
           WHERE n.merchant_id = session.merchant_id AND n.client_session_id = session.client_session_id
           ORDER BY n.received_at DESC, n.arrival DESC
           LIMIT 1) AS newest
     JOIN attempts a ON a.merchant_id = session.merchant_id AND a.client_session_id = session.client_session_id
    WHERE (a.received_at, a.arrival) < (newest.received_at, newest.arrival)
      AND a.status IN ('RECEIVED', 'IN_REVIEW')
    ORDER BY a.merchant_id, a.attempt_id
      FOR UPDATE OF a`,
);
