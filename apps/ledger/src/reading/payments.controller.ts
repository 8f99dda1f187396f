import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  listPaymentsQuery,
  outsideId,
  paymentAnswer,
  paymentListAnswer,
  readPaymentQuery,
  type ListPaymentsQuery,
  type PaymentAnswer,
  type PaymentListAnswer,
} from '@tollgate/contracts';
import { Answers, AnswersProblem, RequireScope } from '@tollgate/platform';
import { GetPaymentHandler } from './get-payment.handler.ts';
import { ListPaymentsHandler } from './list-payments.handler.ts';

const SUMMARY_EXAMPLE = {
  paymentId: 'kHdEw9EG',
  merchantId: 'acme',
  status: 'AUTHORIZED',
  orderId: 'order-1001',
  authorized: { amountMinor: '4200', currency: 'EUR' },
  captured: { amountMinor: '0', currency: 'EUR' },
  refunded: { amountMinor: '0', currency: 'EUR' },
  flags: [],
  firstHeardAt: '2026-03-02T10:15:31.204000Z',
  effectiveAt: '2026-03-02T10:15:30.987654Z',
};

const PAYMENT_EXAMPLE: PaymentAnswer = {
  ...SUMMARY_EXAMPLE,
  facts: { authorizedFrom: 'status', isFinal: false, processorName: 'STRIPE' },
  position: [
    {
      account: 'processor:STRIPE:captured',
      layer: 'pending',
      amount: { amountMinor: '4200', currency: 'EUR' },
    },
    { account: 'sales:clearing', layer: 'pending', amount: { amountMinor: '-4200', currency: 'EUR' } },
  ],
  positionVersion: 2,
  attempt: {
    paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    decided: { amountMinor: '4200', currency: 'EUR' },
    orderId: 'order-1001',
  },
  refunds: [],
  disputes: [],
  failedOperations: [],
  evidence: [
    {
      evidenceId: '019cab12-7c3e-7d11-9f2a-0c5d8e1b2a34',
      origin: 'webhook',
      reportedAs: 'PAYMENT.STATUS',
      status: 'AUTHORIZED',
      effectiveAt: '2026-03-02T10:15:30.987654Z',
      receivedAt: '2026-03-02T10:15:31.190000Z',
    },
  ],
  nextReadAt: '2026-03-02T10:16:31.204000Z',
  lastReadAt: null,
};

/** Payments as the books know them. */
@ApiTags('payments')
@Controller('v1/payments')
export class PaymentsController {
  constructor(
    private readonly getPayment: GetPaymentHandler,
    private readonly listPayments: ListPaymentsHandler,
  ) {}

  @Get()
  @RequireScope('payments:read')
  @Answers(200, paymentListAnswer, {
    description: 'Payments, newest first',
    example: { data: [SUMMARY_EXAMPLE], nextCursor: 'MTI' },
  })
  @AnswersProblem('VALIDATION_FAILED')
  list(@Query({ schema: listPaymentsQuery }) query: ListPaymentsQuery): Promise<PaymentListAnswer> {
    return this.listPayments.handle(query);
  }

  @Get(':paymentId')
  @RequireScope('payments:read')
  @Answers(200, paymentAnswer, {
    description: 'The payment with its evidence, facts, refunds, disputes and position',
    example: PAYMENT_EXAMPLE,
  })
  @AnswersProblem('PAYMENT_NOT_FOUND', 'VALIDATION_FAILED')
  get(
    @Param('paymentId', { schema: outsideId }) paymentId: string,
    @Query({ schema: readPaymentQuery }) query: { merchantId?: string },
  ): Promise<PaymentAnswer> {
    return this.getPayment.handle(paymentId, query.merchantId);
  }
}
