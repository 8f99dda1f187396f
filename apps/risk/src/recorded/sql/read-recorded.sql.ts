import { sql } from '@tollgate/persistence';

/** Opens a cursor: history is never held in memory, whatever its length. */
export const openRecorded = sql(
  'open-recorded-decisions',
  `DECLARE recorded NO SCROLL CURSOR FOR
   SELECT merchant_id, attempt_id, amount_minor::text, currency, decision, reason, rule_set, rule_set_version, hits, features
   FROM decisions
   WHERE decided_at >= $1 AND decided_at < $2 AND ($3::text IS NULL OR merchant_id = $3)`,
);

/** A page that is evaluated in a few milliseconds: batches of attempts get their turn in between. */
export const fetchRecorded = sql('fetch-recorded-decisions', 'FETCH 250 FROM recorded');
