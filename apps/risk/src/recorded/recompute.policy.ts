import { evaluate, toRuleEvaluation } from '../rule-sets/evaluation.policy.ts';
import { toCanonicalText } from '../rule-sets/rule-set.policy.ts';
import type { RuleSet } from '../rule-sets/rule-set.types.ts';
import type { RecordedDecision } from './recorded-decision.types.ts';

/** A decision as recorded and as it comes out again, each in canonical JSON: equal texts are equal bytes. */
export interface Recomputed {
  readonly recorded: string;
  readonly recomputed: string;
}

/** Makes a decision again from its features and the set that decided. Pure. */
export function recompute(ruleSet: RuleSet, row: RecordedDecision): Recomputed {
  const verdict = evaluate(ruleSet, row.features);
  const { decision, reason } = verdict;
  return {
    recorded: toCanonicalText({ decision: row.decision, reason: row.reason, evaluation: toRecordedEvaluation(row) }),
    recomputed: toCanonicalText({ decision, reason, evaluation: toRuleEvaluation(ruleSet, row.features, verdict) }),
  };
}

/** The evaluation as the event had it: the sum of scores is that of the hits. */
function toRecordedEvaluation({ rule_set: ruleSet, rule_set_version: version, hits, features }: RecordedDecision) {
  const score = hits.reduce((sum, hit) => sum + (hit.score ?? 0), 0);
  return { ruleSet, version, digest: version, hits, ...(score === 0 ? {} : { score }), features };
}
