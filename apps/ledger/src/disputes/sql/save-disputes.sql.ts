import { sql } from '@tollgate/persistence';

/** Writes down what the merged reports of each dispute amount to. $1: a JSON list of rows. */
export const saveDisputes = sql(
  'save-disputes',
  `UPDATE disputes
      SET payment_id = saved.payment_id, transaction_id = saved.transaction_id, order_id = saved.order_id,
          type = saved.type, status = saved.status, is_open = saved.is_open, amount_minor = saved.amount_minor,
          currency = saved.currency, received_at = saved.received_at,
          challenge_required_by = saved.challenge_required_by, reason = saved.reason,
          reason_code = saved.reason_code, processor_reason = saved.processor_reason
     FROM jsonb_to_recordset($1::jsonb) AS saved (
          merchant_id text, processor text, dispute_id text, payment_id text, transaction_id text, order_id text,
          type text, status text, is_open boolean, amount_minor numeric, currency text, received_at timestamptz,
          challenge_required_by timestamptz, reason text, reason_code text, processor_reason text)
    WHERE disputes.merchant_id = saved.merchant_id AND disputes.processor = saved.processor
      AND disputes.dispute_id = saved.dispute_id`,
);
