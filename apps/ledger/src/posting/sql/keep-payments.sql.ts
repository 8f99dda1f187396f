import { sql } from '@tollgate/persistence';
import { SAVED_COLUMNS } from './save-payments.sql.ts';

/**
 * Makes rows for payments heard of for the first time, in id order, and returns which. $1: a JSON list of rows with
 * what can be said of each before its evidence is read.
 */
export const keepPayments = sql(
  'keep-payments',
  `INSERT INTO payments (
          merchant_id, payment_id, status, effective_at, order_id, currency, processor_name, authorized_minor,
          authorized_from, captured_minor, refunded_minor, is_final, is_disputed, flags, "position", position_version, attempt_id,
          decided_order_id, decided_minor, decided_currency)
   SELECT heard.*
     FROM jsonb_to_recordset($1::jsonb) AS heard (${SAVED_COLUMNS})
    WHERE NOT EXISTS (
          SELECT FROM payments
           WHERE payments.merchant_id = heard.merchant_id AND payments.payment_id = heard.payment_id)
    ORDER BY heard.merchant_id COLLATE "C", heard.payment_id COLLATE "C"
       ON CONFLICT DO NOTHING
   RETURNING merchant_id, payment_id`,
);
