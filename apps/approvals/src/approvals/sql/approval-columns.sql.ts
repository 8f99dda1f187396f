/** Columns of `approval` with their types, in the order in which statements name them. */
export const APPROVAL_COLUMNS = {
  id: 'uuid',
  merchant_id: 'text',
  resource_type: 'text',
  resource_id: 'text',
  kind: 'text',
  decision: 'text',
  requester: 'text',
  makers: 'text[]',
  involved: 'text[]',
  reviewer: 'text',
  note: 'text',
  data_snapshot: 'jsonb',
  data_snapshot_hash: 'text',
  snapshot_at: 'timestamptz',
  created_at: 'timestamptz',
  decided_at: 'timestamptz',
  expires_at: 'timestamptz',
  order_id: 'text',
  amount_minor: 'numeric',
  currency: 'text',
  reason: 'text',
  votes_required: 'integer',
  effect: 'text',
  effect_reason: 'text',
  claimed_by: 'text',
  claimed_party: 'text',
  claimed_until: 'timestamptz',
  sequence: 'integer',
  attempt: 'jsonb',
  hold_digest: 'text',
  traceparent: 'text',
} as const;

export type ApprovalColumn = keyof typeof APPROVAL_COLUMNS;

export const COLUMN_NAMES = Object.keys(APPROVAL_COLUMNS).join(', ');

/** `$1`, a JSON array of rows, as a table called `w`. */
export const ROWS_GIVEN = `jsonb_to_recordset($1::jsonb) AS w(${Object.entries(APPROVAL_COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ')})`;
