import { sql } from '@tollgate/persistence';

/** Locks payments in id order, so that two posters never wait for each other in a circle. $1 merchants, $2 payments. */
export const lockPayments = sql(
  'lock-payments',
  `SELECT merchant_id, payment_id, is_disputed, attempt_id, decided_order_id, decided_minor, decided_currency
     FROM payments
    WHERE (merchant_id, payment_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
    ORDER BY merchant_id, payment_id
      FOR NO KEY UPDATE`,
);
