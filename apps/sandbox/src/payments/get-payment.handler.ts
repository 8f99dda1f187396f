import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PrimerCalls } from '../api/primer-calls.service.ts';
import { readValid } from '../api/primer-request.schema.ts';
import { toPaymentAnswer } from './payment-answer.policy.ts';
import { paymentNotFound } from './payment.errors.ts';
import { PaymentRepository } from './payment.repository.ts';
import { getPaymentQuerySchema } from './payment.schema.ts';

/** Reads one payment. */
@Injectable()
export class GetPaymentHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly payments: PaymentRepository,
  ) {}

  /** @throws PrimerError 400 PaymentError for a payment that is unknown or another tenant's */
  async handle(call: PrimerCall): Promise<object> {
    return this.calls.perform(call, () => {
      const { expand } = readValid(getPaymentQuerySchema, call.query, 'PaymentQuery');
      const payment = this.payments.findForTenant(call.params['id'] ?? '', call.tenantId);
      if (!payment) throw paymentNotFound();
      return toPaymentAnswer(payment, { expandEvents: expand?.includes('transactions.events') ?? false });
    });
  }
}
