import { sql } from '@tollgate/persistence';

/** Decisions that came second. $1: rows as a JSON array. */
export const insertSupersededDecisions = sql(
  'gateway-insert-superseded-decisions',
  `INSERT INTO superseded_decision (event_source, event_id, merchant_id, attempt_id,
                                    decision, decision_source, decision_reason, decided_at)
   SELECT event_source, event_id, merchant_id, attempt_id, decision, decision_source, decision_reason, decided_at
   FROM jsonb_populate_recordset(NULL::superseded_decision, $1::jsonb)
   ON CONFLICT DO NOTHING`,
);
