import { sql } from '@tollgate/persistence';

/**
 * Remembers which traces belong to payments, the first of each kind, and returns all that is known of them. Each payment
 * once, locked in one order. $1 merchants, $2 payments, $3 traces of attempts, $4 traces of webhooks.
 */
export const keepTraces = sql(
  'ledger-keep-traces',
  `INSERT INTO payment_traces (merchant_id, payment_id, attempt_traceparent, webhook_traceparent)
   SELECT merchant_id, payment_id, attempt_traceparent, webhook_traceparent
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
       AS heard (merchant_id, payment_id, attempt_traceparent, webhook_traceparent)
    ORDER BY merchant_id COLLATE "C", payment_id COLLATE "C"
   ON CONFLICT (merchant_id, payment_id) DO UPDATE
      SET attempt_traceparent = coalesce(payment_traces.attempt_traceparent, excluded.attempt_traceparent),
          webhook_traceparent = coalesce(payment_traces.webhook_traceparent, excluded.webhook_traceparent)
   RETURNING merchant_id, payment_id, attempt_traceparent, webhook_traceparent`,
);
