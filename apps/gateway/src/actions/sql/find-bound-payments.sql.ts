import { sql } from '@tollgate/persistence';

/** Which of the payments $2 of merchant $1 are bound to an attempt other than $3. */
export const findBoundPayments = sql(
  'gateway-find-bound-payments',
  `SELECT payment_id FROM attempt_action
   WHERE merchant_id = $1 AND payment_id = ANY ($2::text[]) AND attempt_id <> $3::uuid`,
);

/**
 * How many other attempts of the order may have led to the same payment: an approve of theirs may have arrived, which
 * payment it made is not known, and the instrument that the payment shows is not another one.
 * $1: merchant, $2: order, $3: own attempt, $4: the payment's analytics id or null.
 */
export const countRivals = sql(
  'gateway-count-rivals',
  `SELECT count(*) AS rivals FROM attempt_action
   WHERE merchant_id = $1 AND order_id = $2 AND attempt_id <> $3::uuid
     AND approve_calls > 0 AND (concluded_at IS NULL OR (state = 'APPROVED' AND payment_id IS NULL))
     AND ($4::text IS NULL OR analytics_id IS NULL OR analytics_id = $4)`,
);

/** Payments of order $2 of merchant $1 that have been reported. */
export const findSightedPayments = sql(
  'gateway-find-sighted-payments',
  `SELECT snapshot FROM payment_sighting WHERE merchant_id = $1 AND order_id = $2 LIMIT 100`,
);
