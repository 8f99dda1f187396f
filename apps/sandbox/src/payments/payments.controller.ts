import { Controller, Get, Post } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiResponse } from '@nestjs/swagger';
import { DocumentedQuery } from '../api/documented-query.decorator.ts';
import { toInputJsonSchema } from '../api/json-schema.policy.ts';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { CurrentCall, PrimerOperation } from '../api/primer-operation.decorator.ts';
import { CreatePaymentHandler } from './create-payment.handler.ts';
import { createPaymentRequestSchema } from './create-payment.schema.ts';
import { documentedCreateRefusals } from './documented-refusals.policy.ts';
import { GetPaymentHandler } from './get-payment.handler.ts';
import { ListPaymentsHandler, type PaymentListAnswer } from './list-payments.handler.ts';
import { paymentNotFound } from './payment.errors.ts';
import { getPaymentQuerySchema, listPaymentsQuerySchema } from './payment.schema.ts';

const TAG = 'Payments API';

/** Primer's Payments API: making payments and reading them. */
@Controller('payments')
export class PaymentsController {
  constructor(
    private readonly createPayment: CreatePaymentHandler,
    private readonly getPayment: GetPaymentHandler,
    private readonly listPayments: ListPaymentsHandler,
  ) {}

  @Post()
  @PrimerOperation('create_payment', { summary: 'Create a payment', tag: TAG, refusals: documentedCreateRefusals() })
  @ApiHeader({ name: 'X-Idempotency-Key', required: false, schema: { type: 'string' } })
  @ApiBody({ required: true, schema: toInputJsonSchema(createPaymentRequestSchema) })
  @ApiResponse({ status: 200, description: 'The payment, whatever its status' })
  async create(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.createPayment.handle(call);
  }

  @Get()
  @PrimerOperation('list_payments', { summary: 'Search & list payments', tag: TAG })
  @DocumentedQuery(listPaymentsQuerySchema)
  @ApiResponse({ status: 200, description: 'A page of payment summaries, newest first' })
  async list(@CurrentCall() call: PrimerCall): Promise<PaymentListAnswer> {
    return this.listPayments.handle(call);
  }

  @Get(':id')
  @PrimerOperation('get_payment_by_id', { summary: 'Get a payment', tag: TAG, refusals: [paymentNotFound()] })
  @ApiParam({ name: 'id', schema: { type: 'string' } })
  @DocumentedQuery(getPaymentQuerySchema)
  @ApiResponse({ status: 200, description: 'The payment' })
  async get(@CurrentCall() call: PrimerCall): Promise<object> {
    return this.getPayment.handle(call);
  }
}
