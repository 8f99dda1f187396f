import type { RuleSetAnswer } from '@tollgate/contracts';
import type { RuleSet } from './rule-set.types.ts';

/** A rule set as operators see it. */
export function toRuleSetAnswer({ version, document }: RuleSet, status: string): RuleSetAnswer {
  const { name, description, parameters, velocity, rules, scores } = document;
  return {
    version,
    name,
    status,
    description: description ?? null,
    parameters,
    velocity,
    rules: rules.map((rule) => ({
      name: rule.name,
      description: rule.description ?? null,
      when: rule.when,
      then: rule.then ?? null,
      mandatory: rule.mandatory === true,
      reason: rule.reason,
      score: rule.score ?? null,
    })),
    scores: { review: scores.review ?? null, abort: scores.abort ?? null },
    default: document.default,
  };
}
