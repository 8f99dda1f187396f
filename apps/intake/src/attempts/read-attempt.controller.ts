import { Controller, Get, Param, Query } from '@nestjs/common';
import {
  attemptAnswer,
  type AttemptAnswer,
  attemptExample,
  paymentAttemptId,
  type Principal,
  readAttemptQuery,
  toVisibleMerchant,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CountsInHand, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { ReadAttemptHandler } from './read-attempt.handler.ts';

/** Shows attempts to the shop they belong to, and to operators. */
@Controller('v1/attempts')
export class ReadAttemptController {
  constructor(private readonly handler: ReadAttemptHandler) {}

  @Get(':id')
  @RequireScope('attempts:read')
  @CountsInHand()
  @Answers(200, attemptAnswer, { description: 'The attempt and its timeline', example: attemptExample })
  @AnswersProblem('ATTEMPT_NOT_FOUND', 'VALIDATION_FAILED', 'DATABASE_UNAVAILABLE')
  read(
    @Param('id', { schema: paymentAttemptId }) id: string,
    @Query({ schema: readAttemptQuery }) query: { merchantId?: string },
    @CurrentPrincipal() principal: Principal,
  ): Promise<AttemptAnswer> {
    return this.handler.read(id, {
      merchantId: toVisibleMerchant(principal, query.merchantId),
      isOperator: principal.kind !== 'merchant',
    });
  }
}
