import { Injectable } from '@nestjs/common';
import type { RuleSetAnswer } from '@tollgate/contracts';
import { toRuleSetAnswer } from './rule-set-answer.policy.ts';
import { ActiveRuleSet } from './active-rule-set.service.ts';

/** The rule sets that are loaded: the one that decides. */
@Injectable()
export class ListRuleSetsHandler {
  readonly #ruleSet: ActiveRuleSet;

  constructor(ruleSet: ActiveRuleSet) {
    this.#ruleSet = ruleSet;
  }

  list(): RuleSetAnswer[] {
    return [toRuleSetAnswer(this.#ruleSet.current, 'live')];
  }
}
