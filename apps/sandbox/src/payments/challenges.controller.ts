import {
  Body,
  Controller,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { AnswerChallengeHandler } from './answer-challenge.handler.ts';
import {
  type ChallengeAnswer,
  challengeAnswerSchema,
  type ChallengeDone,
  challengeDoneSchema,
  challengePathSchema,
} from './challenge.schema.ts';

/** The shopper before the bank's page. Operators only. */
@ApiTags('Sandbox control')
@Controller('_sandbox/payments')
export class ChallengesController {
  constructor(private readonly answerChallenge: AnswerChallengeHandler) {}

  @Post(':id/challenge')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ summary: "Play the shopper: answer the bank's 3-D Secure challenge" })
  @Answers(200, challengeDoneSchema, {
    description: 'What the browser brings back from the bank',
    example: { resumeToken: '5f0c3a52-90b8-4d55-a4b6-6f1d2d4f5a10', status: 'PENDING' },
  })
  @AnswersProblem('MALFORMED_JSON', 'NOT_FOUND', 'VALIDATION_FAILED')
  async answer(
    @Param('id', { schema: challengePathSchema }) id: string,
    @Body({ schema: challengeAnswerSchema }) answer: ChallengeAnswer,
  ): Promise<ChallengeDone> {
    const done = await this.answerChallenge.handle(id, answer);
    if (done === 'PAYMENT_NOT_FOUND') throw new NotFoundException();
    if (done === 'NO_CHALLENGE') throw new UnprocessableEntityException();
    return done;
  }
}
