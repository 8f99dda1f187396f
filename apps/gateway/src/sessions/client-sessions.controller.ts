import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import {
  clientSessionAnswer,
  type ClientSessionAnswer,
  clientSessionExample,
  createClientSessionBody,
  type CreateClientSessionBody,
  KnownError,
  type Principal,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, CountsInHand, CurrentPrincipal, RequireScope } from '@tollgate/platform';
import { CreateClientSessionHandler } from './create-client-session.handler.ts';

/** Where a shop's back end has its checkout sessions made. */
@Controller('v1/client-sessions')
export class ClientSessionsController {
  constructor(private readonly createClientSession: CreateClientSessionHandler) {}

  @Post()
  @HttpCode(201)
  @RequireScope('attempts:write')
  @CountsInHand()
  @Answers(201, clientSessionAnswer, { description: 'A new session at Primer', example: clientSessionExample })
  @AnswersProblem('MALFORMED_JSON', 'VALIDATION_FAILED', 'UNSUPPORTED_MEDIA_TYPE', 'DATABASE_UNAVAILABLE')
  @AnswersProblem('PROVIDER_REFUSED', 'PROVIDER_UNAVAILABLE', 'PROVIDER_ANSWER_UNKNOWN')
  create(
    @Body({ schema: createClientSessionBody }) body: CreateClientSessionBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<ClientSessionAnswer> {
    if (principal.merchantId === undefined) {
      throw new KnownError('SCOPE_MISSING');
    }
    return this.createClientSession.create(principal.merchantId, body);
  }
}
