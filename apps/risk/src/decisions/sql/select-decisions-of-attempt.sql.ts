import { sql } from '@tollgate/persistence';

/** Decisions about an attempt id; more than one only where several merchants know an attempt of that id. */
export const selectDecisionsOfAttempt = sql(
  'select-decisions-of-attempt',
  `SELECT merchant_id, attempt_id, client_session_id, order_id, amount_minor, currency, decision, reason,
          rule_set, rule_set_version, rule_set_digest, hits, features,
          received_at, decide_by, approve_by, expires_at, decided_at
   FROM decisions
   WHERE attempt_id = $1 AND ($2::text IS NULL OR merchant_id = $2)
   ORDER BY decided_at, merchant_id`,
);
