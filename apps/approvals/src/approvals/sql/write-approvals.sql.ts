import { sql } from '@tollgate/persistence';
import { APPROVAL_COLUMNS, COLUMN_NAMES, ROWS_GIVEN } from './approval-columns.sql.ts';

/** Columns that never change after the opening. */
const FIXED = new Set([
  'id',
  'merchant_id',
  'resource_type',
  'resource_id',
  'kind',
  'requester',
  'makers',
  'created_at',
  'votes_required',
]);

const CHANGING = Object.keys(APPROVAL_COLUMNS).filter((name) => !FIXED.has(name));

/** Opens what nobody has opened: what is pending, or was reviewed before, is not returned. */
export const insertApprovals = sql(
  'approvals-insert',
  `INSERT INTO approval (${COLUMN_NAMES})
   SELECT ${COLUMN_NAMES} FROM ${ROWS_GIVEN}
   ORDER BY merchant_id, resource_type, resource_id
   ON CONFLICT DO NOTHING
   RETURNING id`,
);

/** Each to the step after the one that was read: whoever comes second changes nothing. */
export const updateApprovals = sql(
  'approvals-update',
  `UPDATE approval AS a SET ${CHANGING.map((name) => `${name} = w.${name}`).join(', ')}
   FROM ${ROWS_GIVEN}
   WHERE a.id = w.id AND a.sequence = w.sequence - 1
   RETURNING a.id`,
);

export const insertVotes = sql(
  'approvals-insert-votes',
  `INSERT INTO vote (approval_id, data_snapshot_hash, voter, reviewer, decision, note, voted_at)
   SELECT * FROM jsonb_to_recordset($1::jsonb) AS w(
     approval_id uuid, data_snapshot_hash text, voter text, reviewer text, decision text, note text, voted_at timestamptz)`,
);

export const insertAuditRows = sql(
  'approvals-insert-audit',
  `INSERT INTO audit_log
     (approval_id, sequence, merchant_id, resource_type, resource_id, at, change, actor, decision, effect, facts)
   SELECT * FROM jsonb_to_recordset($1::jsonb) AS w(
     approval_id uuid, sequence integer, merchant_id text, resource_type text, resource_id text, at timestamptz,
     change text, actor text, decision text, effect text, facts jsonb)`,
);
