import { sql } from '@tollgate/persistence';

/** What a set has seen in a range of time: no attempt twice, a set is live or in the shadow. */
const SEEN = `WITH seen AS (
     SELECT decision, hits FROM decisions
     WHERE rule_set_version = $1 AND decided_at >= $3 AND decided_at < $4
     UNION ALL
     SELECT decision, hits FROM shadow_decisions
     WHERE rule_set_id = $2 AND decided_at >= $3 AND decided_at < $4)`;

export const countDecided = sql(
  'count-decided-by-rule-set',
  `${SEEN}
   SELECT decision, count(*)::integer AS attempts, (count(*) FILTER (WHERE hits = '[]'))::integer AS without_hit
   FROM seen GROUP BY decision ORDER BY attempts DESC, decision`,
);

export const countHits = sql(
  'count-hits-of-rule-set',
  `${SEEN}
   SELECT hit ->> 'rule' AS rule, (count(*) FILTER (WHERE hit -> 'error' IS NULL))::integer AS hits,
          count(hit -> 'error')::integer AS errors
   FROM seen CROSS JOIN LATERAL jsonb_array_elements(hits) AS hit
   GROUP BY 1`,
);
