import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  paymentAttemptId,
  riskDecisionAnswer,
  type RiskDecisionAnswer,
  riskDecisionExample,
  riskDecisionQuery,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { GetDecisionHandler } from './get-decision.handler.ts';

/** Decisions with their rules and features: for operators. */
@Controller('v1/decisions')
export class DecisionsController {
  readonly #handler: GetDecisionHandler;

  constructor(handler: GetDecisionHandler) {
    this.#handler = handler;
  }

  @Get(':attemptId')
  @RequireScope('risk:read')
  @Answers(200, riskDecisionAnswer, { description: 'What was decided, and why', example: riskDecisionExample })
  @AnswersProblem('ATTEMPT_NOT_FOUND', 'VALIDATION_FAILED')
  get(
    @Param('attemptId', { schema: paymentAttemptId }) attemptId: string,
    @Query({ schema: riskDecisionQuery }) query: { merchantId?: string },
  ): Promise<RiskDecisionAnswer> {
    return this.#handler.get(attemptId, query.merchantId);
  }
}
