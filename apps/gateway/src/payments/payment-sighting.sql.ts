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

/** Of several reports of one payment the newest. $1: merchants, $2: payments, $3: whether unpaid, $4: dateUpdated or null. */
const newestReports = `
  SELECT DISTINCT ON (merchant_id, payment_id) merchant_id, payment_id, unpaid, updated_at
  FROM unnest($1::text[], $2::text[], $3::boolean[], $4::timestamp[]) AS one (merchant_id, payment_id, unpaid, updated_at)
  ORDER BY merchant_id, payment_id, updated_at DESC NULLS LAST`;

/** Payments of which a report says that nothing was or will be paid, unless an older one than the first report does. */
export const markUnpaid = sql(
  'gateway-mark-payments-unpaid',
  `UPDATE payment_sighting AS sighting SET unpaid_as_of = COALESCE(report.updated_at, '-infinity')
   FROM (${newestReports}) AS report
   WHERE sighting.merchant_id = report.merchant_id AND sighting.payment_id = report.payment_id
     AND report.unpaid AND sighting.unpaid_as_of IS NULL
     AND (report.updated_at < (sighting.snapshot ->> 'dateUpdated')::timestamp) IS NOT TRUE`,
);

/** Payments that were said to be unpaid and of which a newer report says that they are not. */
export const unmarkUnpaid = sql(
  'gateway-unmark-payments-unpaid',
  `UPDATE payment_sighting AS sighting SET unpaid_as_of = NULL
   FROM (${newestReports}) AS report
   WHERE sighting.merchant_id = report.merchant_id AND sighting.payment_id = report.payment_id
     AND NOT report.unpaid AND sighting.unpaid_as_of < report.updated_at AND sighting.unpaid_as_of IS NOT NULL`,
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
