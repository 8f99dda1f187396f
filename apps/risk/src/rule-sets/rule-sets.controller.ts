import { Controller, Get } from '@nestjs/common';
import { ruleSetListAnswer, type RuleSetAnswer, ruleSetListExample } from '@tollgate/contracts';
import { Answers, RequireScope } from '@tollgate/platform';
import { ListRuleSetsHandler } from './list-rule-sets.handler.ts';

/** Rule sets, for operators: shoppers and shops learn no rule. */
@Controller('v1/rulesets')
export class RuleSetsController {
  readonly #handler: ListRuleSetsHandler;

  constructor(handler: ListRuleSetsHandler) {
    this.#handler = handler;
  }

  @Get()
  @RequireScope('risk:read')
  @Answers(200, ruleSetListAnswer, { description: 'The rule set that decides', example: ruleSetListExample })
  list(): { data: RuleSetAnswer[]; nextCursor: null } {
    return { data: this.#handler.list(), nextCursor: null };
  }
}
