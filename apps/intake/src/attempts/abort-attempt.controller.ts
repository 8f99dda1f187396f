import { Body, Controller, Param, Post, Res } from '@nestjs/common';
import {
  abortAttemptAnswer,
  type AbortAttemptAnswer,
  abortAttemptBody,
  type AbortAttemptBody,
  abortAttemptExample,
  paymentAttemptId,
  type Principal,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CountsInHand, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { AbortAttemptHandler } from './abort-attempt.handler.ts';
import { merchantOf } from './caller.policy.ts';

/** Lets a shop abort an attempt of its own. */
@Controller('v1/attempts')
export class AbortAttemptController {
  constructor(private readonly handler: AbortAttemptHandler) {}

  @Post(':id/abort')
  @RequireScope('attempts:write')
  @CountsInHand()
  @Answers(202, abortAttemptAnswer, {
    description: 'The abort is on its way to Primer',
    example: abortAttemptExample,
  })
  @Answers(200, abortAttemptAnswer, {
    description: 'The attempt is aborted already',
    example: { ...abortAttemptExample, status: 'ABORTED', result: 'ALREADY_ABORTED' },
  })
  @AnswersProblem('MALFORMED_JSON', 'ATTEMPT_NOT_FOUND', 'ATTEMPT_CONCLUDED', 'BODY_TOO_LARGE')
  @AnswersProblem('UNSUPPORTED_MEDIA_TYPE', 'VALIDATION_FAILED', 'DATABASE_UNAVAILABLE')
  async abort(
    @Param('id', { schema: paymentAttemptId }) id: string,
    @Body({ schema: abortAttemptBody }) body: AbortAttemptBody,
    @CurrentPrincipal() principal: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AbortAttemptAnswer> {
    const key = { merchantId: merchantOf(principal), paymentAttemptId: id };
    const answer = await this.handler.abort(key, body);
    void reply.code(answer.result === 'ALREADY_ABORTED' ? 200 : 202);
    return answer;
  }
}
