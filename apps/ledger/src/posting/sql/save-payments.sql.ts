import { sql } from '@tollgate/persistence';

/** A payment's row as JSON carries it. */
export const SAVED_COLUMNS = `
          merchant_id text, payment_id text, status text, effective_at timestamptz, order_id text, currency text,
          processor_name text, authorized_minor numeric, authorized_from text, captured_minor numeric,
          refunded_minor numeric, is_final boolean, is_disputed boolean, flags text[], "position" jsonb, position_version integer,
          attempt_id text, decided_order_id text, decided_minor numeric, decided_currency text`;

/** Writes down what the merged evidence of each payment amounts to. $1: a JSON list of rows. */
export const savePayments = sql(
  'save-payments',
  `UPDATE payments
      SET status = saved.status, effective_at = saved.effective_at, order_id = saved.order_id,
          currency = saved.currency, processor_name = saved.processor_name,
          authorized_minor = saved.authorized_minor, authorized_from = saved.authorized_from,
          captured_minor = saved.captured_minor, refunded_minor = saved.refunded_minor, is_final = saved.is_final,
          is_disputed = saved.is_disputed, flags = saved.flags, "position" = saved."position", position_version = saved.position_version,
          attempt_id = saved.attempt_id, decided_order_id = saved.decided_order_id,
          decided_minor = saved.decided_minor, decided_currency = saved.decided_currency
     FROM jsonb_to_recordset($1::jsonb) AS saved (${SAVED_COLUMNS})
    WHERE payments.merchant_id = saved.merchant_id AND payments.payment_id = saved.payment_id`,
);
