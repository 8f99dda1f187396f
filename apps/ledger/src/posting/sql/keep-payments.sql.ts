import { sql } from '@tollgate/persistence';

/** Makes rows for payments heard of for the first time, in id order. $1 merchants, $2 payments. */
export const keepPayments = sql(
  'keep-payments',
  `INSERT INTO payments (merchant_id, payment_id)
   SELECT heard.merchant_id, heard.payment_id
     FROM unnest($1::text[], $2::text[]) AS heard (merchant_id, payment_id)
    WHERE NOT EXISTS (
          SELECT FROM payments
           WHERE payments.merchant_id = heard.merchant_id AND payments.payment_id = heard.payment_id)
    ORDER BY heard.merchant_id COLLATE "C", heard.payment_id COLLATE "C"
       ON CONFLICT DO NOTHING`,
);
