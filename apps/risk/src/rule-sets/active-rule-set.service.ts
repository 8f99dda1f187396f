import type { RuleSet } from './rule-set.types.ts';

/** The rule set that decides. Every decision of a batch is made by one and the same. */
export class ActiveRuleSet {
  readonly #current: RuleSet;

  constructor(ruleSet: RuleSet) {
    this.#current = ruleSet;
  }

  get current(): RuleSet {
    return this.#current;
  }
}
