import { sql } from '@tollgate/persistence';

/**
 * Remembers payments by their first report. $1: rows as a JSON array. Returns the payments that are new.
 */
export const insertSightings = sql(
  'gateway-insert-sightings',
  `INSERT INTO payment_sighting (merchant_id, payment_id, order_id, snapshot)
   SELECT merchant_id, payment_id, order_id, snapshot
   FROM jsonb_populate_recordset(NULL::payment_sighting, $1::jsonb)
   ORDER BY merchant_id, payment_id
   ON CONFLICT (merchant_id, payment_id) DO NOTHING
   RETURNING merchant_id, payment_id, order_id`,
);

/** Unknown outcomes of the orders $2 of the merchants $1 (pairwise) are due now: the payment may be theirs. */
export const wakeUnknownActions = sql(
  'gateway-wake-unknown-actions',
  `UPDATE attempt_action AS action SET due_at = clock_timestamp()
   FROM (SELECT DISTINCT merchant_id, order_id FROM unnest($1::text[], $2::text[]) AS one (merchant_id, order_id)) AS seen
   WHERE action.merchant_id = seen.merchant_id AND action.order_id = seen.order_id
     AND action.state = 'UNKNOWN' AND action.concluded_at IS NULL
     AND (action.lease_until IS NULL OR action.lease_until <= clock_timestamp())
   RETURNING action.attempt_id`,
);

/**
 * Sightings of approved attempts' payments that have not been compared with what was decided, locked.
 * $1: how many, $2: how far back to look in milliseconds.
 */
export const lockUncompared = sql(
  'gateway-lock-uncompared-sightings',
  `SELECT sighting.merchant_id, sighting.payment_id, sighting.snapshot,
          action.attempt_id, action.order_id, action.amount_minor, action.currency
   FROM payment_sighting AS sighting
   JOIN attempt_action AS action
     ON action.merchant_id = sighting.merchant_id AND action.payment_id = sighting.payment_id
   WHERE sighting.compared_at IS NULL
     AND sighting.first_seen_at > clock_timestamp() - make_interval(secs => $2::float8 / 1000)
   ORDER BY sighting.first_seen_at
   LIMIT $1
   FOR UPDATE OF sighting SKIP LOCKED`,
);

/** $1: merchant ids, $2: payment ids (pairwise). */
export const markCompared = sql(
  'gateway-mark-compared',
  `UPDATE payment_sighting AS sighting SET compared_at = clock_timestamp()
   FROM unnest($1::text[], $2::text[]) AS done (merchant_id, payment_id)
   WHERE sighting.merchant_id = done.merchant_id AND sighting.payment_id = done.payment_id`,
);
