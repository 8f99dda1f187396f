import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  paymentAttemptId,
  type RecomputationAnswer,
  recomputationAnswer,
  recomputationExample,
  type RecomputationQuery,
  recomputationQuery,
  type RecomputedAnswer,
  recomputedAnswer,
  recomputedExample,
  riskDecisionAnswer,
  type RiskDecisionAnswer,
  riskDecisionExample,
  riskDecisionQuery,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { RecomputeDecisionsHandler } from '../recorded/recompute-decisions.handler.ts';
import { GetDecisionHandler } from './get-decision.handler.ts';

/** Decisions with their rules and features: for operators. */
@Controller('v1/decisions')
export class DecisionsController {
  readonly #handler: GetDecisionHandler;
  readonly #recompute: RecomputeDecisionsHandler;

  constructor(handler: GetDecisionHandler, recompute: RecomputeDecisionsHandler) {
    this.#handler = handler;
    this.#recompute = recompute;
  }

  @Get('recomputation')
  @RequireScope('risk:read')
  @Answers(200, recomputationAnswer, { description: 'All of a range, made again', example: recomputationExample })
  @AnswersProblem('VALIDATION_FAILED')
  recomputeAll(@Query({ schema: recomputationQuery }) query: RecomputationQuery): Promise<RecomputationAnswer> {
    return this.#recompute.recomputeAll(query);
  }

  @Get(':attemptId/recompute')
  @RequireScope('risk:read')
  @Answers(200, recomputedAnswer, { description: 'The decision made again', example: recomputedExample })
  @AnswersProblem('ATTEMPT_NOT_FOUND', 'RULESET_NOT_FOUND', 'VALIDATION_FAILED')
  recompute(
    @Param('attemptId', { schema: paymentAttemptId }) attemptId: string,
    @Query({ schema: riskDecisionQuery }) query: { merchantId?: string },
  ): Promise<RecomputedAnswer> {
    return this.#recompute.recomputeOne(attemptId, query.merchantId);
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
