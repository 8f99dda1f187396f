import { sql } from '@tollgate/persistence';
import { toPaidByOthers } from '../../orders/order-claim.sql.ts';
import { toSessionMismatch } from '../../sessions/client-session.sql.ts';
import { DECISION_COLUMNS, PROGRESS_COLUMNS } from '../action.store.ts';

const columns = [...DECISION_COLUMNS, ...PROGRESS_COLUMNS].join(', ');

/**
 * The first terminal decision that commits takes the row; whoever comes later, in this transaction or another, gets no
 * row back. An approve that is about to start claims its order in the same statement, one order after the other so that
 * two transactions never wait for each other; `has_order` is false where somebody else has claimed it before or may
 * have paid it, `fits_session` where the session was made here for something else.
 * $1: rows as a JSON array, $2: length of the lease in milliseconds, $3: merchants whose orders may be paid twice.
 */
export const claimActions = sql(
  'gateway-claim-actions',
  `WITH won AS (
     INSERT INTO attempt_action (${columns}, lease_until)
     SELECT ${columns},
            CASE WHEN state = 'CALLING' THEN clock_timestamp() + make_interval(secs => $2::float8 / 1000) END
     FROM jsonb_populate_recordset(NULL::attempt_action, $1::jsonb)
     ON CONFLICT (attempt_id, merchant_id) DO NOTHING
     RETURNING merchant_id, order_id, amount_minor, currency, attempt_id, client_session_id, decided_at,
               state = 'CALLING' AND step = 'approve' AS approves
   ), checked AS (
     SELECT won.*, approves AND (${toSessionMismatch('won')}) AS mismatch,
            approves AND merchant_id <> ALL ($3::text[]) AS claims
     FROM won
   ), claimed AS (
     INSERT INTO order_claim (merchant_id, order_id, attempt_id)
     SELECT merchant_id, order_id, attempt_id FROM checked
     WHERE claims AND NOT mismatch AND NOT ${toPaidByOthers('checked')}
     ORDER BY merchant_id, order_id, decided_at, attempt_id
     ON CONFLICT (merchant_id, order_id) DO NOTHING
     RETURNING merchant_id, attempt_id
   )
   SELECT checked.merchant_id, checked.attempt_id, NOT mismatch AS fits_session,
          NOT claims OR claimed.attempt_id IS NOT NULL AS has_order
   FROM checked LEFT JOIN claimed USING (merchant_id, attempt_id)`,
);
