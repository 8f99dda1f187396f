import { sql } from '@tollgate/persistence';

/** Nothing was or will be paid by this payment: told by its reports. */
const isUnpaid = (owner: string) => `EXISTS (
          SELECT FROM payment_sighting AS payment
          WHERE payment.merchant_id = ${owner}.merchant_id AND payment.payment_id = ${owner}.payment_id
            AND payment.unpaid_as_of IS NOT NULL)`;

/**
 * SQL that is true while an order may be paid, or come to be, by somebody else: by an attempt whose approve may have
 * arrived, or whose abort was refused so that a payment is looked for; by a create that may have arrived; by a payment
 * of either that is not known to be unpaid; by any payment that was reported of the order and not as unpaid, whoever
 * made it: what asks has made none yet. Scalar sub-selects, so that each order is looked up by index: the tables
 * are kept for ever, and a plan that read one whole would outlive the time when that was cheap.
 * @param order the name under which the statement knows `merchant_id` and `order_id`
 * @param except the condition on `other` that leaves out who asks
 */
export function toPaidByOthers(order: string, except: { attempt?: string; create?: string } = {}): string {
  return `COALESCE(
      (SELECT true FROM attempt_action AS other
       WHERE other.merchant_id = ${order}.merchant_id AND other.order_id = ${order}.order_id
         AND (${except.attempt ?? 'true'})
         AND ((other.state IN ('CALLING', 'UNKNOWN') AND (other.approve_calls > 0 OR other.step = 'find'))
              OR (other.state = 'APPROVED' AND NOT ${isUnpaid('other')}))
       LIMIT 1),
      (SELECT true FROM payment_command AS other
       WHERE other.merchant_id = ${order}.merchant_id AND other.request ->> 'orderId' = ${order}.order_id
         AND other.kind = 'create' AND (${except.create ?? 'true'})
         AND ((other.concluded_at IS NULL AND other.calls > 0)
              OR (other.state = 'DONE' AND (other.payment ->> 'status' IN ('DECLINED', 'FAILED')) IS NOT TRUE
                  AND NOT ${isUnpaid('other')}))
       LIMIT 1),
      (SELECT true FROM payment_sighting AS payment
       WHERE payment.merchant_id = ${order}.merchant_id AND payment.order_id = ${order}.order_id
         AND payment.unpaid_as_of IS NULL
       LIMIT 1),
      false)`;
}

/**
 * Claims orders that nobody has claimed yet and nobody may have paid. $1: merchants, $2: orders, $3: attempts (a claim
 * of each).
 */
export const insertOrderClaims = sql(
  'gateway-insert-order-claims',
  `INSERT INTO order_claim (merchant_id, order_id, attempt_id)
   SELECT merchant_id, order_id, attempt_id
   FROM unnest($1::text[], $2::text[], $3::uuid[]) WITH ORDINALITY AS wanted (merchant_id, order_id, attempt_id, nth)
   WHERE NOT ${toPaidByOthers('wanted')}
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
  `SELECT claim.order_id
   FROM order_claim AS claim
   JOIN (SELECT DISTINCT merchant_id, order_id FROM unnest($1::text[], $2::text[]) AS one (merchant_id, order_id)) AS wanted
     ON claim.merchant_id = wanted.merchant_id AND claim.order_id = wanted.order_id
   ORDER BY claim.merchant_id, claim.order_id
   FOR UPDATE OF claim`,
);

/** An attempt id names an attempt together with its merchant alone. */
const isNoneOfThem = `NOT EXISTS (
         SELECT FROM unnest($1::text[], $3::uuid[]) AS own (merchant_id, attempt_id)
         WHERE own.merchant_id = other.merchant_id AND own.attempt_id = other.attempt_id)`;

/**
 * Passes locked claims on, where nobody but those who want the order may have paid it; of several that want one order
 * the first gets it. What gets no row back must not approve. $1: merchants, $2: orders, $3: attempts (a claim of each).
 */
export const takeOverOrderClaims = sql(
  'gateway-take-over-order-claims',
  `UPDATE order_claim AS claim SET attempt_id = wanted.attempt_id, command_id = NULL, claimed_at = clock_timestamp()
   FROM (
     SELECT DISTINCT ON (merchant_id, order_id) merchant_id, order_id, attempt_id
     FROM unnest($1::text[], $2::text[], $3::uuid[]) WITH ORDINALITY AS one (merchant_id, order_id, attempt_id, nth)
     ORDER BY merchant_id, order_id, nth
   ) AS wanted
   WHERE claim.merchant_id = wanted.merchant_id AND claim.order_id = wanted.order_id
     AND NOT ${toPaidByOthers('claim', { attempt: isNoneOfThem })}
   RETURNING claim.merchant_id, claim.order_id, claim.attempt_id`,
);

/** Makes sure that there is a claim to lock. $1: merchant, $2: order, $3: command. */
export const insertCreateClaim = sql(
  'gateway-insert-create-claim',
  `INSERT INTO order_claim (merchant_id, order_id, command_id) VALUES ($1, $2, $3)
   ON CONFLICT (merchant_id, order_id) DO NOTHING`,
);

/** Passes the locked claim on to a create, unless others may have paid. $1: merchant, $2: order, $3: command. */
export const takeOverCreateClaim = sql(
  'gateway-take-over-create-claim',
  `UPDATE order_claim AS claim SET attempt_id = NULL, command_id = $3, claimed_at = clock_timestamp()
   WHERE claim.merchant_id = $1 AND claim.order_id = $2
     AND NOT ${toPaidByOthers('claim', { create: 'other.command_id <> $3' })}
   RETURNING claim.command_id`,
);
