import { sql } from '@tollgate/persistence';
import { PROGRESS_COLUMNS } from '../action.store.ts';

/**
 * Writes what calls came to and ends their leases, each only if the fence is still the caller's: whoever lost the lease
 * to somebody else, or has ended it by a COMMIT whose answer was lost, writes nothing and gets no row back. $1: rows as a JSON array.
 */
export const recordResults = sql(
  'gateway-record-results',
  `UPDATE attempt_action AS action
   SET ${PROGRESS_COLUMNS.map((column) => `${column} = result.${column}`).join(', ')}, lease_until = NULL
   FROM jsonb_populate_recordset(NULL::attempt_action, $1::jsonb) AS result
   WHERE action.attempt_id = result.attempt_id AND action.merchant_id = result.merchant_id
     AND action.fence = result.fence AND action.lease_until IS NOT NULL AND action.concluded_at IS NULL
   RETURNING action.merchant_id, action.attempt_id`,
);
