import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import {
  acceptedAttemptAnswer,
  type AcceptedAttemptAnswer,
  acceptedAttemptExample,
  concludedAttemptAnswer,
  type ConcludedAttemptAnswer,
  concludedAttemptExample,
  postAttemptBody,
  type PostAttemptBody,
  type Principal,
} from '@tollgate/contracts';
import {
  currentTrace,
  Answers,
  AnswersProblem,
  CountsInHand,
  CurrentPlaceInHand,
  CurrentPrincipal,
  parseWaitSeconds,
  type PlaceInHand,
  RequireScope,
} from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { AnswerAttemptHandler } from '../answers/answer-attempt.handler.ts';
import { posterOf } from './caller.policy.ts';

/** Where a shop's back end hands in what the SDK's approval event says. */
@Controller('v1/attempts')
export class PostAttemptController {
  constructor(private readonly handler: AnswerAttemptHandler) {}

  @Post()
  @RequireScope('attempts:write')
  @CountsInHand()
  @Answers(200, concludedAttemptAnswer, { description: 'The outcome is known', example: concludedAttemptExample })
  @Answers(202, acceptedAttemptAnswer, {
    description: 'Taken in; the outcome follows',
    example: acceptedAttemptExample,
  })
  @AnswersProblem('MALFORMED_JSON', 'ATTEMPT_CONFLICT', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'VALIDATION_FAILED')
  @AnswersProblem('DATABASE_UNAVAILABLE')
  async post(
    @Body({ schema: postAttemptBody }) body: PostAttemptBody,
    @CurrentPrincipal() principal: Principal,
    @Headers('prefer') prefer: string | undefined,
    @CurrentPlaceInHand() place: PlaceInHand | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConcludedAttemptAnswer | AcceptedAttemptAnswer> {
    currentTrace()?.span?.set({ 'tollgate.attempt_id': body.paymentAttemptId });
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort('gone'));
    const { status, answer, waitSeconds } = await this.handler.answer(body, {
      ...posterOf(principal),
      waitSeconds: parseWaitSeconds(prefer),
      gone: gone.signal,
      onStored: () => place?.leave(),
    });
    if (waitSeconds !== undefined) {
      void reply.header('preference-applied', `wait=${waitSeconds}`);
    }
    void reply.code(status);
    return answer;
  }
}
