import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { cancelPayment } from './payment-life.policy.ts';
import { cancelRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFound } from './payment.errors.ts';

/** Cancels a payment: what is authorised and not captured is released. */
@Injectable()
export class CancelPaymentHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: cancelRequestSchema,
      model: 'PaymentCancelAPIRequest',
      notFound: paymentNotFound,
      failing: 'CANCELLATION',
      decide: (payment, body, nowMicros) => cancelPayment(payment, body, { eventId: randomUUID(), nowMicros }),
      follow: (payment) => this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros),
      tell: (payment, before) => ({
        name: 'PAYMENT_CANCELLED',
        facts: { released: before.amountAuthorized - before.amountCaptured, status: payment.status },
      }),
    });
  }
}
