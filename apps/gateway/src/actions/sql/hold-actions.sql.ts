import { sql } from '@tollgate/persistence';
import { PROGRESS_COLUMNS } from '../action.store.ts';

/**
 * Writes locked actions as they are before their next call, under a new lease (none for those that were closed).
 * $1: rows as a JSON array, $2: length of the lease in milliseconds.
 */
export const holdActions = sql(
  'gateway-hold-actions',
  `UPDATE attempt_action AS action
   SET ${PROGRESS_COLUMNS.map((column) => `${column} = held.${column}`).join(', ')},
       lease_until =
         CASE WHEN held.concluded_at IS NULL THEN clock_timestamp() + make_interval(secs => $2::float8 / 1000) END
   FROM jsonb_populate_recordset(NULL::attempt_action, $1::jsonb) AS held
   WHERE action.attempt_id = held.attempt_id AND action.merchant_id = held.merchant_id`,
);
