import { sql } from '@tollgate/persistence';

/**
 * Prolongs the leases of calls that are still under way; those that were lost get no row back, nor those whose results
 * are being written right now: results of many actions are written in whatever order, so nobody waits for them here.
 * $1: merchant ids, $2: attempt ids, $3: fences (pairwise), $4: length of the lease in milliseconds.
 */
export const renewLeases = sql(
  'gateway-renew-leases',
  `UPDATE attempt_action AS action
   SET lease_until = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
   FROM (
     SELECT merchant_id, attempt_id
     FROM attempt_action AS mine
     JOIN unnest($1::text[], $2::uuid[], $3::integer[]) AS held (merchant_id, attempt_id, fence)
       USING (merchant_id, attempt_id, fence)
     WHERE mine.lease_until IS NOT NULL AND mine.concluded_at IS NULL
     FOR UPDATE OF mine SKIP LOCKED
   ) AS held
   WHERE action.attempt_id = held.attempt_id AND action.merchant_id = held.merchant_id
   RETURNING action.merchant_id, action.attempt_id`,
);
