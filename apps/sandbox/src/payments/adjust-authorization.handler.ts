import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { adjustAuthorization } from './payment-life.policy.ts';
import { adjustRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFoundToAdjust } from './payment.errors.ts';

/** Changes the amount that a payment was authorised for by estimate. */
@Injectable()
export class AdjustAuthorizationHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: adjustRequestSchema,
      model: 'PaymentAdjustAuthorizationAPIRequest',
      notFound: paymentNotFoundToAdjust,
      failing: 'AUTHORIZATION_ADJUSTMENT',
      decide: (payment, body, nowMicros) =>
        adjustAuthorization(payment, body.amount, { eventId: randomUUID(), nowMicros }),
      follow: (payment) => this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros),
      tell: (payment, before) => ({
        name: 'AUTHORIZATION_ADJUSTED',
        facts: { from: before.amountAuthorized, to: payment.amountAuthorized },
      }),
    });
  }
}
