import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { EffectLog } from '../api/primer-calls.service.ts';
import type { WebhookPlan } from '../attempts/attempt.types.ts';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { Clock } from '../clock/clock.service.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { newPaymentId } from './payment-id.policy.ts';
import { authorisePayment, createPayment, type PaymentIds } from './payment.policy.ts';
import { PaymentRepository } from './payment.repository.ts';
import type { Payment, Purchase } from './payment.types.ts';

/** Who pays what with which card. */
export interface PaymentOrder {
  readonly tenantId: string;
  readonly paymentAttemptId: string;
  readonly purchase: Purchase;
  readonly instrument: PaymentInstrument;
  readonly webhookPlan: WebhookPlan;
}

/** Makes a payment, sends it to the processor and queues the webhook that tells how it ended. */
@Injectable()
export class PaymentMaker {
  constructor(
    private readonly payments: PaymentRepository,
    private readonly webhooks: WebhookQueue,
    private readonly clock: Clock,
  ) {}

  /** Belongs into the transaction of the call that asked for the payment. */
  make(order: PaymentOrder, effect: EffectLog): Payment {
    const ids: PaymentIds = {
      paymentId: newPaymentId(),
      processorTransactionId: randomUUID(),
      eventId: randomUUID(),
    };
    const pending = createPayment({ ...order, ids, nowMicros: this.clock.nowMicros() });
    const payment = authorisePayment(pending, ids, this.clock.nowMicros());
    this.payments.insert(payment);
    this.webhooks.addPaymentStatus(payment, order.webhookPlan, payment.updatedAtMicros);
    effect({
      name: 'PAYMENT_CREATED',
      attemptId: order.paymentAttemptId,
      paymentId: payment.id,
      facts: { status: payment.status, amount: payment.amount, currencyCode: payment.currencyCode },
    });
    return payment;
  }
}
