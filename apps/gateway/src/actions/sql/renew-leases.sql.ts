import { sql } from '@tollgate/persistence';

/**
 * Prolongs the leases of calls that are still under way; those that were lost get no row back.
 * $1: merchant ids, $2: attempt ids, $3: fences (pairwise), $4: length of the lease in milliseconds.
 */
export const renewLeases = sql(
  'gateway-renew-leases',
  `UPDATE attempt_action AS action
   SET lease_until = clock_timestamp() + make_interval(secs => $4::float8 / 1000)
   FROM unnest($1::text[], $2::uuid[], $3::integer[]) AS held (merchant_id, attempt_id, fence)
   WHERE action.attempt_id = held.attempt_id AND action.merchant_id = held.merchant_id
     AND action.fence = held.fence AND action.lease_until IS NOT NULL AND action.concluded_at IS NULL
   RETURNING action.merchant_id, action.attempt_id`,
);
