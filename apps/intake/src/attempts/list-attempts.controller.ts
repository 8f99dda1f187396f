import { Controller, Get, Query } from '@nestjs/common';
import {
  type AttemptListAnswer,
  attemptListAnswer,
  attemptListExample,
  type ListAttemptsQuery,
  listAttemptsQuery,
  type Principal,
  toVisibleMerchant,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CountsInHand, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { ListAttemptsHandler } from './list-attempts.handler.ts';

/** Finds attempts for the shop they belong to, and for those who look after all shops. */
@Controller('v1/attempts')
export class ListAttemptsController {
  constructor(private readonly handler: ListAttemptsHandler) {}

  @Get()
  @RequireScope('attempts:read')
  @CountsInHand()
  @Answers(200, attemptListAnswer, { description: 'Attempts, the newest first', example: attemptListExample })
  @AnswersProblem('VALIDATION_FAILED', 'DATABASE_UNAVAILABLE')
  list(
    @Query({ schema: listAttemptsQuery }) query: ListAttemptsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttemptListAnswer> {
    return this.handler.list({ ...query, merchantId: toVisibleMerchant(principal, query.merchantId) });
  }
}
