import { sql } from '@tollgate/persistence';

/** Writes down what an operator did. $1: rows as a JSON array. */
export const insertOperatorActions = sql(
  'gateway-insert-operator-actions',
  `INSERT INTO operator_action (kind, actor, note, merchant_id, attempt_id, incident_id, facts)
   SELECT kind, actor, note, merchant_id, attempt_id, incident_id, facts
   FROM jsonb_populate_recordset(NULL::operator_action, $1::jsonb)`,
);

/** Newest first. $1 and $2: where the page before ended or null, $3: how many. */
export const listOperatorActions = sql(
  'gateway-list-operator-actions',
  `SELECT *, at::text AS page_at FROM operator_action
   WHERE $1::timestamptz IS NULL OR (at, id) < ($1::timestamptz, $2::uuid)
   ORDER BY at DESC, id DESC
   LIMIT $3`,
);
