import { Injectable } from '@nestjs/common';
import type { WebhookPlan } from '../attempts/attempt.types.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import { toPaymentAnswer } from '../payments/payment-answer.policy.ts';
import type { Payment } from '../payments/payment.types.ts';
import { TenantDirectory } from '../tenants/tenant.service.ts';
import { DeliverWebhooksJob } from './deliver-webhooks.job.ts';
import { WebhookRepository } from './webhook.repository.ts';

/** Turns a change of a payment into webhooks, in the transaction of that change: neither exists without the other. */
@Injectable()
export class WebhookQueue {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly tenants: TenantDirectory,
    private readonly delivery: DeliverWebhooksJob,
  ) {}

  /** Queues PAYMENT.STATUS; a tenant without a webhook address gets none. */
  addPaymentStatus(payment: Payment, plan: WebhookPlan, nowMicros: number): void {
    if (!this.tenants.findWebhookTarget(payment.tenantId)) return;
    const subject = JSON.stringify(toPaymentAnswer(payment, { expandEvents: false }));
    for (let copy = 0; copy <= plan.duplicates; copy += 1) {
      this.webhooks.insert(
        {
          tenantId: payment.tenantId,
          eventType: 'PAYMENT.STATUS',
          attemptId: payment.paymentAttemptId,
          paymentId: payment.id,
          subject,
          dueAtMicros: nowMicros + plan.delayMs * MICROS_PER_MILLISECOND,
        },
        nowMicros,
      );
    }
    // The job looks in a later turn of the event loop, when this transaction has been committed.
    this.delivery.nudge();
  }
}
