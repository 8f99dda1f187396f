import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import {
  attemptEventsQuery,
  attemptStreamMessage,
  concludedAttemptExample,
  KnownError,
  paymentAttemptId,
  toVisibleMerchant,
} from '@tollgate/contracts';
import {
  Answers,
  AnswersProblem,
  Authenticator,
  CountsInHand,
  CurrentPlaceInHand,
  OpenRoute,
  type PlaceInHand,
} from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { ReadTokens } from './read-token.service.ts';
import { StreamAttemptService, type StreamReader } from './stream-attempt.service.ts';

/** Shows an attempt's state as it changes: to the shop, to operators, and to the one browser that holds a token. */
@Controller('v1/attempts')
export class StreamAttemptController {
  constructor(
    private readonly streams: StreamAttemptService,
    private readonly tokens: ReadTokens,
    private readonly authenticator: Authenticator,
  ) {}

  @Get(':id/events')
  @OpenRoute('checks a key, or the read token in the query, itself: a browser cannot send headers here')
  @CountsInHand()
  @ApiProduces('text/event-stream')
  @Answers(200, attemptStreamMessage, {
    description: 'Data of each message: the state now, then every change, until the outcome',
    example: { paymentAttemptId: concludedAttemptExample.paymentAttemptId, status: 'RECEIVED' },
  })
  @AnswersProblem('UNAUTHENTICATED', 'SCOPE_MISSING', 'ATTEMPT_NOT_FOUND', 'VALIDATION_FAILED')
  async stream(
    @Param('id') id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Headers('authorization') authorization: string | undefined,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentPlaceInHand() place: PlaceInHand | null,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Who calls comes before what is asked for, as everywhere: hence no schema on the parameters above.
    const reader = await this.#admit(id, query, authorization);
    const parsedId = paymentAttemptId.safeParse(id);
    if (!parsedId.success) {
      throw new KnownError('VALIDATION_FAILED', { facts: { errors: [{ path: 'id', message: 'a UUID expected' }] } });
    }
    const stream = await this.streams.open(parsedId.data, { ...reader, lastEventId });
    place?.leave();
    if (reader.until !== undefined) {
      // The token in the URL is the right to read, wherever the page comes from.
      void reply.header('access-control-allow-origin', '*');
    }
    if (stream === undefined) {
      // An EventSource that gets 204 does not come back (HTML standard, server-sent events).
      await reply.code(204).send();
      return;
    }
    await reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }).send(stream);
  }

  async #admit(
    id: string,
    query: Readonly<Record<string, unknown>>,
    authorization: string | undefined,
  ): Promise<Omit<StreamReader, 'lastEventId'>> {
    const { data } = attemptEventsQuery.safeParse(query);
    if (data?.token !== undefined) {
      const grant = this.tokens.verify(data.token, id.toLowerCase());
      if (grant === undefined) {
        throw new KnownError('UNAUTHENTICATED');
      }
      return { merchantId: grant.merchantId, until: grant.until };
    }
    const principal = await this.authenticator.findPrincipal(authorization);
    if (principal === undefined) {
      throw new KnownError('UNAUTHENTICATED');
    }
    if (!principal.scopes.includes('attempts:read')) {
      throw new KnownError('SCOPE_MISSING');
    }
    return { merchantId: toVisibleMerchant(principal, undefined) };
  }
}
