import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { authorizeByHand } from './manual-authorization.policy.ts';
import { authorizeRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFoundToAuthorize } from './payment.errors.ts';

/** Sends a payment that waits to a processor of the merchant's choice. */
@Injectable()
export class AuthorizePaymentHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: authorizeRequestSchema,
      model: 'PaymentAuthorizationAPIRequest',
      notFound: paymentNotFoundToAuthorize,
      decide: (payment, { processor }, nowMicros) =>
        authorizeByHand(payment, processor, {
          processorTransactionId: randomUUID(),
          eventId: randomUUID(),
          nowMicros,
        }),
      follow: (payment) => this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros),
      tell: (payment) => ({
        name: 'PAYMENT_SENT_TO_PROCESSOR',
        facts: { status: payment.status, processor: payment.processor.name },
      }),
    });
  }
}
