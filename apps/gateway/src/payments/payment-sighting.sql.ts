import { sql } from '@tollgate/persistence';

/**
 * Remembers payments by their first report, and by their newest one whether anything was or will be paid; reports come
 * in any order. At the same instant the one that says unpaid counts; one without an instant is older than all others.
 * $1: the payments as a JSON array of rows, then for each report $2: its merchant, $3: payment, $4: whether it says
 * unpaid, $5: dateUpdated or null. Returns the payments of which something is new.
 */
export const noteReports = sql(
  'gateway-note-payment-reports',
  `INSERT INTO payment_sighting AS known (merchant_id, payment_id, order_id, snapshot, reported_as_of, unpaid_as_of)
   SELECT merchant_id, payment_id, first.order_id, first.snapshot, newest.as_of, CASE WHEN newest.unpaid THEN newest.as_of END
   FROM jsonb_to_recordset($1::jsonb) AS first (merchant_id text, payment_id text, order_id text, snapshot jsonb)
   JOIN (
     SELECT DISTINCT ON (merchant_id, payment_id) merchant_id, payment_id, unpaid, COALESCE(updated_at, '-infinity') AS as_of
     FROM unnest($2::text[], $3::text[], $4::boolean[], $5::timestamp[]) AS one (merchant_id, payment_id, unpaid, updated_at)
     ORDER BY merchant_id, payment_id, as_of DESC, unpaid DESC
   ) AS newest USING (merchant_id, payment_id)
   ORDER BY merchant_id, payment_id
   ON CONFLICT (merchant_id, payment_id) DO UPDATE
     SET reported_as_of = excluded.reported_as_of, unpaid_as_of = excluded.unpaid_as_of
     WHERE excluded.reported_as_of > known.reported_as_of
        OR (excluded.reported_as_of = known.reported_as_of
            AND excluded.unpaid_as_of IS NOT NULL AND known.unpaid_as_of IS NULL)
   RETURNING merchant_id, order_id, known.xmax = 0 AS is_new`,
);

/**
 * Unknown outcomes of the orders $2 of the merchants $1 (pairwise) are due now: the payment may be theirs. What somebody
 * is about to take up or to write is left to them: they are at it, or will be soon.
 */
export const wakeUnknownActions = sql(
  'gateway-wake-unknown-actions',
  `UPDATE attempt_action AS action SET due_at = clock_timestamp()
   FROM (
     SELECT unknown.merchant_id, unknown.attempt_id
     FROM attempt_action AS unknown
     JOIN (SELECT DISTINCT merchant_id, order_id FROM unnest($1::text[], $2::text[]) AS one (merchant_id, order_id)) AS seen
       ON unknown.merchant_id = seen.merchant_id AND unknown.order_id = seen.order_id
     WHERE unknown.state = 'UNKNOWN' AND unknown.concluded_at IS NULL
       AND (unknown.lease_until IS NULL OR unknown.lease_until <= clock_timestamp())
     FOR UPDATE OF unknown SKIP LOCKED
   ) AS woken
   WHERE action.attempt_id = woken.attempt_id AND action.merchant_id = woken.merchant_id
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

/**
 * Sightings that nobody has claimed, of orders whose attempts and creates have all ended, one of them without a payment:
 * with the attempt that most likely has led to it. An order that is in anybody's hands is left to them. Locked.
 * $1: how many, $2: how far back to look in milliseconds.
 */
export const lockUnclaimed = sql(
  'gateway-lock-unclaimed-sightings',
  `SELECT sighting.merchant_id, sighting.payment_id, sighting.snapshot,
          unpaid.attempt_id, unpaid.order_id, unpaid.amount_minor, unpaid.currency, unpaid.analytics_id,
          unpaid.received_at, unpaid.decision, unpaid.state, unpaid.outcome_reason
   FROM payment_sighting AS sighting
   CROSS JOIN LATERAL (
     SELECT * FROM attempt_action AS action
     WHERE action.merchant_id = sighting.merchant_id AND action.order_id = sighting.order_id
       AND action.state IN ('ABORTED', 'EXPIRED', 'REJECTED')
     ORDER BY action.approve_calls > 0 DESC, action.concluded_at DESC, action.attempt_id
     LIMIT 1
   ) AS unpaid
   WHERE sighting.compared_at IS NULL AND sighting.unpaid_as_of IS NULL
     AND sighting.first_seen_at > clock_timestamp() - make_interval(secs => $2::float8 / 1000)
     AND NOT EXISTS (SELECT FROM attempt_action AS owner
                     WHERE owner.merchant_id = sighting.merchant_id AND owner.payment_id = sighting.payment_id)
     AND NOT EXISTS (SELECT FROM payment_command AS owner
                     WHERE owner.merchant_id = sighting.merchant_id AND owner.payment_id = sighting.payment_id
                       AND owner.kind = 'create')
     AND NOT EXISTS (SELECT FROM attempt_action AS open
                     WHERE open.merchant_id = sighting.merchant_id AND open.order_id = sighting.order_id
                       AND (open.concluded_at IS NULL OR (open.state = 'APPROVED' AND open.payment_id IS NULL)))
     AND NOT EXISTS (SELECT FROM payment_command AS open
                     WHERE open.merchant_id = sighting.merchant_id AND open.request ->> 'orderId' = sighting.order_id
                       AND open.kind = 'create' AND open.concluded_at IS NULL)
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
