import { Injectable } from '@nestjs/common';
import type { RuleSetAnswer } from '@tollgate/contracts';
import { ActiveRuleSet } from './active-rule-set.service.ts';

/** The rule sets that are loaded: the one that decides. */
@Injectable()
export class ListRuleSetsHandler {
  readonly #ruleSet: ActiveRuleSet;

  constructor(ruleSet: ActiveRuleSet) {
    this.#ruleSet = ruleSet;
  }

  list(): RuleSetAnswer[] {
    const { document, digest } = this.#ruleSet.current;
    return [
      {
        ...document,
        digest,
        status: 'live',
        description: document.description ?? null,
        rules: document.rules.map(({ description, ...rule }) => ({ ...rule, description: description ?? null })),
      },
    ];
  }
}
