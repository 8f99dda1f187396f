import { sql } from '@tollgate/persistence';

/** Who is stopped. */
export const listStops = sql(
  'gateway-list-kill-switch',
  'SELECT merchant_id, stopped_at, stopped_by, note FROM kill_switch ORDER BY merchant_id',
);

/** $1: merchant id or empty for all, $2: by whom, $3: note. A row comes back if it was off before. */
export const insertStop = sql(
  'gateway-insert-kill-switch',
  `INSERT INTO kill_switch (merchant_id, stopped_by, note) VALUES ($1, $2, $3)
   ON CONFLICT (merchant_id) DO NOTHING
   RETURNING merchant_id`,
);

/** $1: merchant id or empty for all. A row comes back if it was on before. */
export const deleteStop = sql(
  'gateway-delete-kill-switch',
  'DELETE FROM kill_switch WHERE merchant_id = $1 RETURNING merchant_id',
);

/**
 * Approves that wait for the end of a stop are due now, also those that are just being made to wait: they are locked
 * meanwhile. $1: merchant id or empty for all.
 */
export const wakeApproves = sql(
  'gateway-wake-approves',
  `UPDATE attempt_action SET due_at = clock_timestamp()
   WHERE concluded_at IS NULL AND step = 'approve'
     AND approve_by >= clock_timestamp() AND ($1 = '' OR merchant_id = $1)
     AND (lease_until IS NULL OR lease_until <= clock_timestamp())`,
);
