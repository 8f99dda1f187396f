import { sql } from '@tollgate/persistence';

const COLUMNS = `
  merchant_id, payment_id, heard_order, status, order_id, currency, processor_name, authorized_minor, authorized_from,
  captured_minor, refunded_minor, is_final, flags, "position", position_version, attempt_id, decided_order_id,
  decided_minor, decided_currency,
  (extract(epoch FROM first_heard_at) * 1000000)::bigint AS first_heard_at_us,
  (extract(epoch FROM effective_at) * 1000000)::bigint AS effective_at_us`;

/** Payments the provider has spoken of, newest first. $1 merchant, $2 status, $3 order, $4 flag, $5 after, $6 rows. */
export const listPayments = sql(
  'list-payments',
  `SELECT ${COLUMNS}
     FROM payments
    WHERE status IS NOT NULL
      AND ($1::text IS NULL OR merchant_id = $1)
      AND ($2::text IS NULL OR status = $2)
      AND ($3::text IS NULL OR order_id = $3)
      AND ($4::text IS NULL OR (flags <> '{}' AND $4 = ANY(flags)))
      AND ($5::bigint IS NULL OR heard_order < $5)
    ORDER BY heard_order DESC
    LIMIT $6::integer`,
);

/** A payment the provider has spoken of, by its id; of several merchants' the first. $1 payment, $2 merchant. */
export const findPayment = sql(
  'find-payment',
  `SELECT ${COLUMNS},
          (extract(epoch FROM next_read_at) * 1000000)::bigint AS next_read_at_us,
          (extract(epoch FROM last_read_at) * 1000000)::bigint AS last_read_at_us
     FROM payments
     LEFT JOIN LATERAL (
          SELECT next_read_at, last_read_at FROM read_backs
           WHERE read_backs.merchant_id = payments.merchant_id AND read_backs.payment_id = payments.payment_id
          ) AS read_back ON true
    WHERE payment_id = $1 AND status IS NOT NULL AND ($2::text IS NULL OR merchant_id = $2)
    ORDER BY merchant_id
    LIMIT 1`,
);
