import { sql } from '@tollgate/persistence';

/** A payment of the action's order has been reported since payments were looked for last. */
const sighted = `EXISTS (
            SELECT FROM payment_sighting AS sighting
            WHERE sighting.merchant_id = action.merchant_id AND sighting.order_id = action.order_id
              AND sighting.first_seen_at >= action.created_at
              AND sighting.first_seen_at > COALESCE(action.looked_at, '-infinity')
          )`;

/**
 * Open actions whose turn it is and that nobody holds: neither by a lease nor, right now, by a lock. Merchants of $2 have
 * no room for calls, or an open circuit: only searches are taken of them, due ones and those in place of a call because
 * a payment was reported. Those of $4 have no room at all, or a refused key: only what must be closed without a call is.
 * $1: how many, $2: merchant ids, $3: silent expiry in milliseconds, $4: merchant ids.
 */
export const lockDueActions = sql(
  'gateway-lock-due-actions',
  `SELECT action.*, ${sighted} AS sighted
   FROM attempt_action AS action
   WHERE concluded_at IS NULL
     AND due_at <= clock_timestamp()
     AND (lease_until IS NULL OR lease_until <= clock_timestamp())
     AND (merchant_id <> ALL ($2::text[])
          OR (approve_calls = 0 AND step <> 'find' AND expires_at + make_interval(secs => $3::float8 / 1000) <= clock_timestamp())
          OR (merchant_id <> ALL ($4::text[]) AND (step = 'find' OR (state <> 'AWAITING' AND ${sighted}))))
   ORDER BY due_at
   LIMIT $1
   FOR UPDATE OF action SKIP LOCKED`,
);
