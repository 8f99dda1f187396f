import { sql } from '@tollgate/persistence';

/** Sets these locks apart from other advisory locks of the database. */
const LOCK_SEED = 6210;

/**
 * Receipts of one client session take turns until the transaction ends, on whatever instance they arrive: each sees
 * the attempts before it, so exactly one is the newest. Locks are taken in one order, so that batches cannot deadlock.
 * $1 merchant ids, $2 client session ids.
 */
export const lockClientSessions = sql(
  'intake-lock-client-sessions',
  `SELECT pg_advisory_xact_lock(lock_key)
     FROM (SELECT DISTINCT hashtextextended(merchant_id || chr(31) || client_session_id, ${LOCK_SEED}) AS lock_key
             FROM unnest($1::text[], $2::text[]) AS keys (merchant_id, client_session_id)
            ORDER BY lock_key) AS sorted`,
);
