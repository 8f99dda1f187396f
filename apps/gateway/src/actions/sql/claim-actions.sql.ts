import { sql } from '@tollgate/persistence';
import { DECISION_COLUMNS, PROGRESS_COLUMNS } from '../action.store.ts';

const columns = [...DECISION_COLUMNS, ...PROGRESS_COLUMNS].join(', ');

/**
 * The first terminal decision that commits takes the row; whoever comes later, in this transaction or another, gets no
 * row back. $1: rows as a JSON array, $2: length of the lease in milliseconds.
 */
export const claimActions = sql(
  'gateway-claim-actions',
  `INSERT INTO attempt_action (${columns}, lease_until)
   SELECT ${columns},
          CASE WHEN state = 'CALLING' THEN clock_timestamp() + make_interval(secs => $2::float8 / 1000) END
   FROM jsonb_populate_recordset(NULL::attempt_action, $1::jsonb)
   ON CONFLICT (attempt_id, merchant_id) DO NOTHING
   RETURNING merchant_id, attempt_id`,
);
