import {
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { toPrimerDate } from '../clock/date.policy.ts';
import {
  disputeExample,
  disputeIdSchema,
  type DisputeList,
  disputeListSchema,
  type DisputeQuery,
  disputeQuerySchema,
  type DisputeView,
  disputeViewSchema,
  type MoveDispute,
  moveDisputeSchema,
  type OpenDispute,
  openDisputeSchema,
} from './dispute.schema.ts';
import type { Dispute } from './dispute.types.ts';
import { type DisputeRefusal, LeadDisputeHandler } from './lead-dispute.handler.ts';

/** Disputes, which Primer only ever reports: here the operator is the shopper's bank. */
@ApiTags('Sandbox control')
@Controller('_sandbox/disputes')
export class DisputesController {
  constructor(private readonly leadDispute: LeadDisputeHandler) {}

  @Post()
  @RequireScope('operator')
  @ApiOperation({ summary: 'Open a dispute about a captured payment; the merchant is told by webhooks' })
  @Answers(201, disputeViewSchema, { description: 'The dispute', example: disputeExample })
  @AnswersProblem('MALFORMED_JSON', 'NOT_FOUND', 'VALIDATION_FAILED')
  async open(@Body({ schema: openDisputeSchema }) wish: OpenDispute): Promise<DisputeView> {
    return toView(await this.leadDispute.open(wish));
  }

  @Post(':id')
  @HttpCode(200)
  @RequireScope('operator')
  @ApiOperation({ summary: 'Move a dispute to another status, or into its next stage' })
  @Answers(200, disputeViewSchema, { description: 'The dispute', example: disputeExample })
  @AnswersProblem('MALFORMED_JSON', 'NOT_FOUND', 'VALIDATION_FAILED')
  async move(
    @Param('id', { schema: disputeIdSchema }) id: string,
    @Body({ schema: moveDisputeSchema }) wish: MoveDispute,
  ): Promise<DisputeView> {
    return toView(await this.leadDispute.move(id, wish));
  }

  @Get()
  @RequireScope('operator')
  @ApiOperation({ summary: 'Disputes, oldest first; of one payment when it is named' })
  @Answers(200, disputeListSchema, { description: 'The disputes', example: { data: [disputeExample] } })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: disputeQuerySchema }) query: DisputeQuery): DisputeList {
    return { data: this.leadDispute.list(query).map(toView) };
  }
}

function toView(dispute: Dispute | DisputeRefusal): DisputeView {
  if (dispute === 'NOT_FOUND') throw new NotFoundException();
  if (dispute === 'NOT_POSSIBLE') throw new UnprocessableEntityException();
  const { id: disputeId, paymentId, type, status, amount, currencyCode } = dispute;
  const challengeRequiredBy = dispute.challengeRequiredByMicros;
  return {
    disputeId,
    paymentId,
    type,
    status,
    amount,
    currencyCode,
    receivedAt: toPrimerDate(dispute.receivedAtMicros),
    challengeRequiredBy: challengeRequiredBy === undefined ? null : toPrimerDate(challengeRequiredBy),
  };
}
