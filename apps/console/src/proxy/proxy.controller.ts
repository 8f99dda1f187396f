import { Controller, Get, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { KnownError } from '@tollgate/contracts';
import { CurrentSessionSecret, RawBodyRoute, RequireScope } from '@tollgate/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ForwardCallHandler } from './forward-call.handler.ts';

const PREFIX = '/api';

/**
 * The way from the page to the services. Every role has `attempts:read`, so that scope stands for "has signed in" here;
 * what else is needed, each service knows and asks for itself.
 */
@Controller('api')
@ApiExcludeController()
export class ProxyController {
  constructor(private readonly handler: ForwardCallHandler) {}

  @Get('*')
  @RequireScope('attempts:read')
  read(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentSessionSecret() secret: string | null,
  ): Promise<void> {
    return this.forward(request, reply, secret);
  }

  @Post('*')
  @RequireScope('attempts:read')
  @RawBodyRoute()
  create(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentSessionSecret() secret: string | null,
  ): Promise<void> {
    return this.forward(request, reply, secret);
  }

  @Patch('*')
  @RequireScope('attempts:read')
  @RawBodyRoute()
  change(
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
    @CurrentSessionSecret() secret: string | null,
  ): Promise<void> {
    return this.forward(request, reply, secret);
  }

  /** Whoever has a key of their own has no need of the page's way: a key is taken by the service it is for. */
  private forward(request: FastifyRequest, reply: FastifyReply, secret: string | null): Promise<void> {
    if (secret === null) throw new KnownError('UNAUTHENTICATED');
    return this.handler.forward(request, reply, { url: request.url.slice(PREFIX.length), secret });
  }
}
