import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { PaymentMaker } from './make-payment.service.ts';
import { resumeRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFound } from './payment.errors.ts';
import { challengeResult, hashResumeToken } from './three-d-secure.policy.ts';

/** Lets a payment go on that waited for the shopper. */
@Injectable()
export class ResumePaymentHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly paymentMaker: PaymentMaker,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: resumeRequestSchema,
      model: 'PaymentResumeAPIRequest',
      notFound: paymentNotFound,
      takesNoKey: true,
      decide: (payment, { resumeToken }, nowMicros) => {
        if (!payment.requiredAction) return { refusal: { code: 'NoActionsToHandle' } };
        const threeDSecure = challengeResult(payment, hashResumeToken(resumeToken));
        if (!threeDSecure) return { refusal: { code: 'InvalidResumeToken' } };
        return { payment: this.paymentMaker.goOn(payment, threeDSecure, nowMicros) };
      },
      follow: (payment) => this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros),
      tell: (payment) => ({ name: 'PAYMENT_RESUMED', facts: { status: payment.status } }),
    });
  }
}
