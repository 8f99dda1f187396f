import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { settlesAtMicros } from '../settlement/settlement.policy.ts';
import { SettlementRepository } from '../settlement/settlement.repository.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { PaymentChanger } from './change-payment.service.ts';
import { capturePayment } from './payment-life.policy.ts';
import { captureRequestSchema } from './payment-operation.schema.ts';
import { paymentNotFound } from './payment.errors.ts';

/** Captures a payment, wholly or in part; the last capture is settled by the clock. */
@Injectable()
export class CapturePaymentHandler {
  constructor(
    private readonly changer: PaymentChanger,
    private readonly settlements: SettlementRepository,
    private readonly dueWork: DueWorkRegistry,
    private readonly webhooks: WebhookQueue,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<object> {
    return this.changer.change(call, {
      bodySchema: captureRequestSchema,
      model: 'PaymentCaptureAPIRequest',
      notFound: paymentNotFound,
      failing: 'CAPTURE',
      decide: (payment, body, nowMicros) => capturePayment(payment, body, { eventId: randomUUID(), nowMicros }),
      follow: (payment) => {
        if (payment.status === 'SETTLING') {
          this.settlements.insert(payment.id, settlesAtMicros(payment.updatedAtMicros));
          this.dueWork.nudge();
        }
        this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros);
      },
      tell: (payment, before) => ({
        name: 'PAYMENT_CAPTURED',
        facts: {
          amount: payment.amountCaptured - before.amountCaptured,
          final: payment.captureIsFinal,
          amountCaptured: payment.amountCaptured,
          status: payment.status,
        },
      }),
    });
  }
}
