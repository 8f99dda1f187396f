import { sql } from '@tollgate/persistence';

/**
 * One row per merchant, kind and subject; seen again, its count grows and it is open again. In one order, so that two
 * transactions never wait for each other. $1: rows as a JSON array.
 */
export const insertIncidents = sql(
  'gateway-insert-incidents',
  `INSERT INTO incident (merchant_id, kind, subject, attempt_id, payment_id, facts, count)
   SELECT merchant_id, kind, subject, (array_agg(attempt_id))[1], max(payment_id), (array_agg(facts))[1], count(*)
   FROM jsonb_populate_recordset(NULL::incident, $1::jsonb)
   GROUP BY merchant_id, kind, subject
   ORDER BY merchant_id, kind, subject
   ON CONFLICT (merchant_id, kind, subject)
   DO UPDATE SET count = incident.count + excluded.count, facts = excluded.facts,
                 payment_id = COALESCE(excluded.payment_id, incident.payment_id), last_seen_at = clock_timestamp(),
                 opened_at = CASE WHEN incident.closed_at IS NULL THEN incident.opened_at ELSE clock_timestamp() END,
                 closed_at = NULL, closed_by = NULL, close_note = NULL
   RETURNING kind, count`,
);
