import { sql } from '@tollgate/persistence';

/** Locks the action of attempt $1, of merchant $2 or null; `held` says whether a process is at it right now. */
export const lockAction = sql(
  'gateway-lock-action',
  `SELECT *, lease_until > clock_timestamp() AS held FROM attempt_action
   WHERE attempt_id = $1::uuid AND ($2::text IS NULL OR merchant_id = $2)
   ORDER BY created_at
   LIMIT 1
   FOR UPDATE`,
);

/** The locked action of attempt $1 of merchant $2 is due now. */
export const makeDue = sql(
  'gateway-make-action-due',
  `UPDATE attempt_action SET due_at = clock_timestamp(), looked_at = NULL
   WHERE attempt_id = $1::uuid AND merchant_id = $2`,
);
