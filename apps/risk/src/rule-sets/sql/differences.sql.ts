import { sql } from '@tollgate/persistence';

const BOTH = `FROM shadow_decisions s JOIN decisions d USING (attempt_id, merchant_id)
   WHERE s.rule_set_id = $1 AND s.decided_at >= $2 AND s.decided_at < $3`;

/** What was decided beside what the set in the shadow says, with the sum of the amounts. */
export const countDifferences = sql(
  'count-shadow-differences',
  `SELECT d.decision AS "from", s.decision AS "to", d.currency, count(*)::integer AS attempts,
          sum(d.amount_minor)::text AS amount
   ${BOTH}
   GROUP BY d.decision, s.decision, d.currency
   ORDER BY (d.decision = s.decision), count(*) DESC, d.currency`,
);

export const countShadowHits = sql(
  'count-shadow-hits',
  `SELECT hit ->> 'rule' AS rule, count(*) FILTER (WHERE hit -> 'error' IS NULL)::integer AS hits,
          count(hit -> 'error')::integer AS errors
   FROM shadow_decisions s CROSS JOIN LATERAL jsonb_array_elements(s.hits) AS hit
   WHERE s.rule_set_id = $1 AND s.decided_at >= $2 AND s.decided_at < $3
   GROUP BY 1`,
);

export const selectDifferingDecisions = sql(
  'select-differing-decisions',
  `SELECT merchant_id AS "merchantId", attempt_id AS "paymentAttemptId", d.decision AS "from", s.decision AS "to", s.reason
   ${BOTH} AND d.decision <> s.decision
   ORDER BY s.decided_at DESC, attempt_id LIMIT 50`,
);
