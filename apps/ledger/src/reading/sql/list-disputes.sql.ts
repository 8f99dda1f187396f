import { sql } from '@tollgate/persistence';

const COLUMNS = `
  disputes.merchant_id, processor, dispute_id, dispute_order, disputes.payment_id, transaction_id,
  disputes.order_id, type, disputes.status, is_open, amount_minor,
  coalesce(disputes.currency, payments.currency) AS currency, reason, reason_code, processor_reason,
  payments.status IS NOT NULL AS is_payment_known,
  (extract(epoch FROM received_at) * 1000000)::bigint AS received_at_us,
  (extract(epoch FROM challenge_required_by) * 1000000)::bigint AS challenge_required_by_us,
  (extract(epoch FROM disputes.first_heard_at) * 1000000)::bigint AS first_heard_at_us`;

const WITH_PAYMENT = `
     FROM disputes
     LEFT JOIN payments ON payments.payment_id = disputes.payment_id AND payments.merchant_id = disputes.merchant_id`;

/**
 * Disputes, the one to be challenged soonest first, those without a date last. $1 merchant, $2 payment, $3 status, $4
 * open, $5 due by, $6 and $7 date (or `infinity`) and order of the last one before, $8 rows.
 */
export const listDisputes = sql(
  'list-disputes',
  `SELECT ${COLUMNS} ${WITH_PAYMENT}
    WHERE ($1::text IS NULL OR disputes.merchant_id = $1)
      AND ($2::text IS NULL OR disputes.payment_id = $2)
      AND ($3::text IS NULL OR disputes.status = $3)
      AND ($4::boolean IS NULL OR is_open = $4)
      AND ($5::timestamptz IS NULL OR challenge_required_by <= $5)
      AND ($6::timestamptz IS NULL
           OR (coalesce(challenge_required_by, 'infinity'::timestamptz), dispute_order) > ($6, $7::bigint))
    ORDER BY coalesce(challenge_required_by, 'infinity'::timestamptz), dispute_order
    LIMIT $8::integer`,
);

/** All disputes of a payment, in the order in which they were heard of. $1 merchant, $2 payment. */
export const findDisputesOfPayment = sql(
  'find-disputes-of-payment',
  `SELECT ${COLUMNS} ${WITH_PAYMENT}
    WHERE disputes.merchant_id = $1 AND disputes.payment_id = $2
    ORDER BY dispute_order`,
);
