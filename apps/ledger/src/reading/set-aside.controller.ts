import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  listSetAsideQuery,
  setAsideListAnswer,
  type ListSetAsideQuery,
  type SetAsideListAnswer,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { ListSetAsideHandler } from './list-set-aside.handler.ts';

/** Webhooks that were signed but not believed. */
@ApiTags('webhooks')
@Controller('v1/webhooks/set-aside')
export class SetAsideController {
  constructor(private readonly handler: ListSetAsideHandler) {}

  @Get()
  @RequireScope('payments:read')
  @Answers(200, setAsideListAnswer, {
    description: 'Webhooks set aside, newest first',
    example: {
      data: [
        {
          deliveryId: '019cab12-7c3e-7d11-9f2a-0c5d8e1b2a34',
          merchantId: 'acme',
          verdict: 'STALE',
          reason: 'signed longer ago than WEBHOOK_TOLERANCE_MS',
          reportedAs: 'PAYMENT.STATUS',
          paymentId: 'kHdEw9EG',
          signedAt: '2026-03-02T09:00:00.000Z',
          receivedAt: '2026-03-02T10:15:31.190Z',
          bodyBytes: 2317,
        },
      ],
      nextCursor: null,
    },
  })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: listSetAsideQuery }) query: ListSetAsideQuery): Promise<SetAsideListAnswer> {
    return this.handler.handle(query);
  }
}
