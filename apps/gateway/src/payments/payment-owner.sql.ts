import { sql } from '@tollgate/persistence';

/**
 * Which of the payments $2 of merchant $1 are somebody else's: of an attempt other than $3, or made by a command other
 * than $4 (each null for nobody).
 */
export const findOwnedPayments = sql(
  'gateway-find-owned-payments',
  `SELECT payment_id FROM attempt_action
   WHERE merchant_id = $1 AND payment_id = ANY ($2::text[]) AND attempt_id IS DISTINCT FROM $3::uuid
   UNION
   SELECT payment_id FROM payment_command
   WHERE merchant_id = $1 AND payment_id = ANY ($2::text[]) AND kind = 'create' AND command_id IS DISTINCT FROM $4::text`,
);

/**
 * How many others of the order may have led to the same payment: a call of theirs may have arrived, which payment it
 * made is not known, and the instrument that the payment shows is not another one.
 * $1: merchant, $2: order, $3: own attempt or null, $4: own command or null, $5: the payment's analytics id or null.
 */
export const countRivals = sql(
  'gateway-count-rivals',
  `SELECT (
     SELECT count(*) FROM attempt_action
     WHERE merchant_id = $1 AND order_id = $2 AND attempt_id IS DISTINCT FROM $3::uuid
       AND approve_calls > 0 AND (concluded_at IS NULL OR (state = 'APPROVED' AND payment_id IS NULL))
       AND ($5::text IS NULL OR analytics_id IS NULL OR analytics_id = $5)
   ) + (
     SELECT count(*) FROM payment_command
     WHERE merchant_id = $1 AND kind = 'create' AND request ->> 'orderId' = $2 AND command_id IS DISTINCT FROM $4::text
       AND calls > 0 AND concluded_at IS NULL AND payment_id IS NULL
   ) AS rivals`,
);

/** Payments of order $2 of merchant $1 that have been reported. */
export const findSightedPayments = sql(
  'gateway-find-sighted-payments',
  `SELECT snapshot FROM payment_sighting WHERE merchant_id = $1 AND order_id = $2 LIMIT 100`,
);
