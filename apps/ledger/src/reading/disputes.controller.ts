import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  disputeListAnswer,
  listDisputesQuery,
  type DisputeListAnswer,
  type ListDisputesQuery,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { ListDisputesHandler } from './list-disputes.handler.ts';

/** Disputes as cases with a due date. */
@ApiTags('payments')
@Controller('v1/disputes')
export class DisputesController {
  constructor(private readonly handler: ListDisputesHandler) {}

  @Get()
  @RequireScope('payments:read')
  @Answers(200, disputeListAnswer, {
    description: 'Disputes, the one to be challenged soonest first, those without a date last',
    example: {
      data: [
        {
          merchantId: 'acme',
          processor: 'ADYEN',
          processorDisputeId: 'dispute-1',
          paymentId: 'kHdEw9EG',
          transactionId: null,
          orderId: 'order-1001',
          type: 'DISPUTE',
          status: 'OPEN',
          isOpen: true,
          amount: { amountMinor: '4200', currency: 'EUR' },
          challengeRequiredBy: '2026-04-16T23:59:59.000000Z',
          reason: 'Fraudulent transaction',
          reasonCode: '10.4',
          processorReason: null,
          receivedAt: '2026-04-02T09:00:00.120000Z',
          firstHeardAt: '2026-04-02T09:00:01.004000Z',
          isPaymentKnown: true,
          isVerifiable: false,
        },
      ],
      nextCursor: null,
    },
  })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: listDisputesQuery }) query: ListDisputesQuery): Promise<DisputeListAnswer> {
    return this.handler.handle(query);
  }
}
