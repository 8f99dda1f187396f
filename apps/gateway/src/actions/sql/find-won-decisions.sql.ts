import { sql } from '@tollgate/persistence';

/** Which decisions hold the rows of $2 (attempt ids) of $1 (merchant ids, pairwise). */
export const findWonDecisions = sql(
  'gateway-find-won-decisions',
  `SELECT merchant_id, attempt_id, decision
   FROM attempt_action
   JOIN unnest($1::text[], $2::uuid[]) AS wanted (merchant_id, attempt_id) USING (merchant_id, attempt_id)`,
);
