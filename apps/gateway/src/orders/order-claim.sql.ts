import { sql } from '@tollgate/persistence';

/**
 * True of the attempt that an order's claim names while a payment of it may exist or come to be: an approve of it may
 * have arrived, its abort was refused and a payment is looked for, or its payment is not known to be unpaid.
 */
const holderMayBePaid = `
  (holder.state IN ('CALLING', 'UNKNOWN') AND (holder.approve_calls > 0 OR holder.step = 'find'))
  OR (holder.state = 'APPROVED' AND NOT EXISTS (
        SELECT FROM payment_sighting AS payment
        WHERE payment.merchant_id = holder.merchant_id AND payment.payment_id = holder.payment_id
          AND payment.unpaid_as_of IS NOT NULL))`;

/** Claims orders that nobody has claimed yet. $1: merchants, $2: orders, $3: attempts (a claim of each). */
export const insertOrderClaims = sql(
  'gateway-insert-order-claims',
  `INSERT INTO order_claim (merchant_id, order_id, attempt_id)
   SELECT merchant_id, order_id, attempt_id
   FROM unnest($1::text[], $2::text[], $3::uuid[]) WITH ORDINALITY AS wanted (merchant_id, order_id, attempt_id, nth)
   ORDER BY merchant_id, order_id, nth
   ON CONFLICT (merchant_id, order_id) DO NOTHING
   RETURNING merchant_id, order_id, attempt_id`,
);

/**
 * Locks claims until the transaction ends, in one order: whoever else wants them waits. A statement of its own, so that
 * the next one sees what those who held the locks before have committed. $1: merchants, $2: orders (pairwise).
 */
export const lockOrderClaims = sql(
  'gateway-lock-order-claims',
  `SELECT claim.attempt_id
   FROM order_claim AS claim
   JOIN (SELECT DISTINCT merchant_id, order_id FROM unnest($1::text[], $2::text[]) AS one (merchant_id, order_id)) AS wanted
     ON claim.merchant_id = wanted.merchant_id AND claim.order_id = wanted.order_id
   ORDER BY claim.merchant_id, claim.order_id
   FOR UPDATE OF claim`,
);

/**
 * Passes locked claims on from attempts that can have no payment; of several that want one order the first gets it.
 * What gets no row back must not approve. $1: merchants, $2: orders, $3: attempts (a claim of each).
 */
export const takeOverOrderClaims = sql(
  'gateway-take-over-order-claims',
  `UPDATE order_claim AS claim SET attempt_id = wanted.attempt_id, claimed_at = clock_timestamp()
   FROM (
     SELECT DISTINCT ON (merchant_id, order_id) merchant_id, order_id, attempt_id
     FROM unnest($1::text[], $2::text[], $3::uuid[]) WITH ORDINALITY AS one (merchant_id, order_id, attempt_id, nth)
     ORDER BY merchant_id, order_id, nth
   ) AS wanted
   WHERE claim.merchant_id = wanted.merchant_id AND claim.order_id = wanted.order_id
     AND (claim.attempt_id = wanted.attempt_id OR NOT EXISTS (
       SELECT FROM attempt_action AS holder
       WHERE holder.attempt_id = claim.attempt_id AND holder.merchant_id = claim.merchant_id AND (${holderMayBePaid})))
   RETURNING claim.merchant_id, claim.order_id, claim.attempt_id`,
);
