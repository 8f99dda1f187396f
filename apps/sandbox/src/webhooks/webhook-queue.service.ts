import { Injectable } from '@nestjs/common';
import type { WebhookPlan } from '../attempts/attempt.types.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import type { Dispute } from '../disputes/dispute.types.ts';
import { toPaymentAnswer } from '../payments/payment-answer.policy.ts';
import type { Payment } from '../payments/payment.types.ts';
import { TenantDirectory } from '../tenants/tenant.service.ts';
import { DeliverWebhooksJob } from './deliver-webhooks.job.ts';
import {
  type FailedTry,
  toDisputeOpenedSubject,
  toDisputeStatusSubject,
  toOperationFailedSubject,
} from './webhook-subject.policy.ts';
import { WebhookRepository } from './webhook.repository.ts';
import type { FailingOperation, Webhook } from './webhook.types.ts';

/** Webhooks that come at once and once. */
export const PLAIN_DELIVERY: WebhookPlan = { delayMs: 0, duplicates: 0 };

/** What a new webhook is about. */
type News = Pick<Webhook, 'tenantId' | 'eventType' | 'attemptId' | 'paymentId' | 'subject'>;

/**
 * Turns what happened into webhooks, in the transaction of what happened: neither exists without the other. A tenant
 * without a webhook address gets none.
 */
@Injectable()
export class WebhookQueue {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly tenants: TenantDirectory,
    private readonly delivery: DeliverWebhooksJob,
  ) {}

  /** Queues PAYMENT.STATUS: the payment's status has changed. */
  addPaymentStatus(payment: Payment, plan: WebhookPlan, nowMicros: number): void {
    this.add(
      () => ({ ...aboutPayment(payment, 'PAYMENT.STATUS'), subject: toSubject(payment) }),
      payment,
      plan,
      nowMicros,
    );
  }

  /** Queues PAYMENT.REFUND: the newest refund of the payment has reached its end, SETTLED or FAILED. */
  addRefund(payment: Payment, nowMicros: number): void {
    const news = () => ({ ...aboutPayment(payment, 'PAYMENT.REFUND'), subject: toSubject(payment) });
    this.add(news, payment, PLAIN_DELIVERY, nowMicros);
  }

  /** Queues `PAYMENT.<operation>.FAILED`: a try of an operation failed and the payment's status is what it was. */
  addOperationFailed(operation: FailingOperation, payment: Payment, failed: FailedTry, nowMicros: number): void {
    const subject = () => JSON.stringify(toOperationFailedSubject(payment, failed));
    const news = () => ({ ...aboutPayment(payment, `PAYMENT.${operation}.FAILED`), subject: subject() });
    this.add(news, payment, PLAIN_DELIVERY, nowMicros);
  }

  /** Queues DISPUTE.OPENED or DISPUTE.STATUS. */
  addDispute(eventType: 'DISPUTE.OPENED' | 'DISPUTE.STATUS', dispute: Dispute, nowMicros: number): void {
    const toFields = eventType === 'DISPUTE.OPENED' ? toDisputeOpenedSubject : toDisputeStatusSubject;
    const { tenantId, attemptId, paymentId } = dispute;
    const news = () => ({ tenantId, eventType, attemptId, paymentId, subject: JSON.stringify(toFields(dispute)) });
    this.add(news, dispute, PLAIN_DELIVERY, nowMicros);
  }

  private add(describe: () => News, { tenantId }: { tenantId: string }, plan: WebhookPlan, nowMicros: number): void {
    if (!this.tenants.findWebhookTarget(tenantId)) return;
    const webhook = { ...describe(), dueAtMicros: nowMicros + plan.delayMs * MICROS_PER_MILLISECOND };
    for (let copy = 0; copy <= plan.duplicates; copy += 1) this.webhooks.insert(webhook, nowMicros);
    // The job looks in a later turn of the event loop, when this transaction has been committed.
    this.delivery.nudge();
  }
}

function aboutPayment<Type extends Webhook['eventType']>(payment: Payment, eventType: Type) {
  return { tenantId: payment.tenantId, eventType, attemptId: payment.paymentAttemptId, paymentId: payment.id };
}

function toSubject(payment: Payment): string {
  return JSON.stringify(toPaymentAnswer(payment, { expandEvents: false }));
}
