import { sql } from '@tollgate/persistence';

/** Locked actions that wait longer. $1: merchant ids, $2: attempt ids, $3: when they are due (one of each). */
export const postponeActions = sql(
  'gateway-postpone-actions',
  `UPDATE attempt_action AS action SET due_at = later.due_at
   FROM unnest($1::text[], $2::uuid[], $3::timestamptz[]) AS later (merchant_id, attempt_id, due_at)
   WHERE action.attempt_id = later.attempt_id AND action.merchant_id = later.merchant_id`,
);
