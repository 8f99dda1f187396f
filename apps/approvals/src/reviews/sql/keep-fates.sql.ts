import { sql } from '@tollgate/persistence';

/**
 * Keeps what is heard of attempts, the first word of each kind, and returns all that is known of them. The rows stay
 * locked, so that the opening of a review and the news that end it see each other in either order.
 */
export const keepFates = sql(
  'approvals-keep-fates',
  `INSERT INTO attempt_fate AS f (attempt_id, merchant_id, ended, outcome)
   SELECT attempt_id, merchant_id, ended, outcome
   FROM jsonb_to_recordset($1::jsonb) AS w(attempt_id text, merchant_id text, ended jsonb, outcome jsonb)
   ORDER BY attempt_id, merchant_id
   ON CONFLICT (attempt_id, merchant_id) DO UPDATE
   SET ended = coalesce(f.ended, excluded.ended), outcome = coalesce(f.outcome, excluded.outcome)
   RETURNING attempt_id, merchant_id, ended, outcome`,
);
