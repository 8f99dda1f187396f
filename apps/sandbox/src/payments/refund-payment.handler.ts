import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { refundRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFound } from './payment.errors.ts';
import { refundPayment } from './refund.policy.ts';

/** Gives captured money back to the shopper, all of it or part of it. */
@Injectable()
export class RefundPaymentHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: refundRequestSchema,
      model: 'PaymentRefundAPIRequest',
      notFound: paymentNotFound,
      failing: 'REFUND',
      decide: (payment, body, nowMicros) =>
        refundPayment(payment, body, { processorTransactionId: randomUUID(), nowMicros, course: 'SETTLED' }),
      follow: (payment) => this.webhooks.addRefund(payment, payment.updatedAtMicros),
      tell: (payment, before) => ({
        name: 'PAYMENT_REFUNDED',
        facts: { amount: payment.amountRefunded - before.amountRefunded, amountRefunded: payment.amountRefunded },
      }),
    });
  }
}
