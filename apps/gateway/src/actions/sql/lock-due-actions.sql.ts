import { sql } from '@tollgate/persistence';

/**
 * Open actions whose turn it is and that nobody holds: neither by a lease nor, right now, by a lock. `sighted` says
 * that a payment of the order has been reported since payments were looked for last. Merchants of $2 have no free slot
 * or a refused key; only what must be closed without a call is taken of them.
 * $1: how many, $2: merchant ids, $3: silent expiry in milliseconds.
 */
export const lockDueActions = sql(
  'gateway-lock-due-actions',
  `SELECT action.*,
          EXISTS (
            SELECT FROM payment_sighting AS sighting
            WHERE sighting.merchant_id = action.merchant_id AND sighting.order_id = action.order_id
              AND sighting.first_seen_at >= action.created_at
              AND sighting.first_seen_at > COALESCE(action.looked_at, '-infinity')
          ) AS sighted
   FROM attempt_action AS action
   WHERE concluded_at IS NULL
     AND due_at <= clock_timestamp()
     AND (lease_until IS NULL OR lease_until <= clock_timestamp())
     AND (merchant_id <> ALL ($2::text[])
          OR (approve_calls = 0 AND step <> 'find' AND expires_at + make_interval(secs => $3::float8 / 1000) <= clock_timestamp()))
   ORDER BY due_at
   LIMIT $1
   FOR UPDATE OF action SKIP LOCKED`,
);
