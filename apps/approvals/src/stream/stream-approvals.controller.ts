import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiProduces } from '@nestjs/swagger';
import { approvalAnswer, approvalExample, toActorName } from '@tollgate/contracts';
import { Answers, Authenticator, CurrentPrincipal, type Principal, RequireScope } from '@tollgate/platform';
import type { FastifyReply } from 'fastify';
import { toReadership } from '../approvals/approval-answer.policy.ts';
import { ApprovalStreams } from './approval-streams.service.ts';

/** The queue as it changes. */
@Controller('v0/approvals')
export class StreamApprovalsController {
  constructor(
    private readonly streams: ApprovalStreams,
    private readonly authenticator: Authenticator,
  ) {}

  @Get('stream')
  @RequireScope('approvals:read')
  @ApiProduces('text/event-stream')
  @Answers(200, approvalAnswer, {
    description: 'Data of each message `approval`: one that has taken a step, as it is then',
    example: approvalExample,
  })
  async stream(
    @CurrentPrincipal() principal: Principal,
    @Headers('authorization') authorization: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const merchantId = principal.kind === 'merchant' ? principal.merchantId : undefined;
    const reader = { name: toActorName(principal), merchantId, ...toReadership(principal) };
    const stream = this.streams.open(reader, async () => {
      const now = await this.authenticator.findPrincipal(authorization);
      return now?.scopes.includes('approvals:read') === true;
    });
    await reply.headers({ 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }).send(stream);
  }
}
