import { Injectable } from '@nestjs/common';
import type { WebhookPlan } from '../attempts/attempt.types.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import type { Dispute } from '../disputes/dispute.types.ts';
import { FaultPlan } from '../faults/fault-plan.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
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
import { WebhookMannerRepository } from './webhook-manner.repository.ts';
import { type PlannedWebhook, planWebhook } from './webhook-plan.policy.ts';
import { type NewWebhook, WebhookRepository } from './webhook.repository.ts';
import type { FailingOperation, WebhookEventType } from './webhook.types.ts';

/** Webhooks that come at once and once. */
export const PLAIN_DELIVERY: WebhookPlan = { delayMs: 0, duplicates: 0 };

/** Whose webhook it is and what it is about. */
interface News {
  readonly tenantId: string;
  readonly eventType: WebhookEventType;
  readonly attemptId: string | undefined;
  readonly paymentId: string;
  readonly orderId: string;
}

/**
 * Turns what happened into webhooks, in the transaction of what happened: neither exists without the other. A tenant
 * without a webhook address gets none.
 */
@Injectable()
export class WebhookQueue {
  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly manners: WebhookMannerRepository,
    private readonly faults: FaultPlan,
    private readonly journal: JournalRepository,
    private readonly tenants: TenantDirectory,
    private readonly delivery: DeliverWebhooksJob,
  ) {}

  /** Queues PAYMENT.STATUS: the payment's status has changed. */
  addPaymentStatus(payment: Payment, plan: WebhookPlan, nowMicros: number): void {
    this.add(aboutPayment(payment, 'PAYMENT.STATUS'), () => toPaymentObject(payment), plan, nowMicros);
  }

  /** Queues PAYMENT.REFUND: the newest refund of the payment has reached its end, SETTLED or FAILED. */
  addRefund(payment: Payment, nowMicros: number): void {
    this.add(aboutPayment(payment, 'PAYMENT.REFUND'), () => toPaymentObject(payment), PLAIN_DELIVERY, nowMicros);
  }

  /** Queues `PAYMENT.<operation>.FAILED`: a try of an operation failed and the payment's status is what it was. */
  addOperationFailed(operation: FailingOperation, payment: Payment, failed: FailedTry, nowMicros: number): void {
    const news = aboutPayment(payment, `PAYMENT.${operation}.FAILED`);
    this.add(news, () => toOperationFailedSubject(payment, failed), PLAIN_DELIVERY, nowMicros);
  }

  /** Queues DISPUTE.OPENED or DISPUTE.STATUS. */
  addDispute(eventType: 'DISPUTE.OPENED' | 'DISPUTE.STATUS', dispute: Dispute, nowMicros: number): void {
    const toSubject = eventType === 'DISPUTE.OPENED' ? toDisputeOpenedSubject : toDisputeStatusSubject;
    const { tenantId, attemptId, paymentId, orderId } = dispute;
    const news: News = { tenantId, eventType, attemptId, paymentId, orderId };
    this.add(news, () => toSubject(dispute), PLAIN_DELIVERY, nowMicros);
  }

  private add(news: News, toSubject: () => object, plan: WebhookPlan, nowMicros: number): void {
    if (!this.tenants.findWebhookTarget(news.tenantId)) return;
    const subject = JSON.stringify(toSubject());
    for (const planned of planWebhook(plan, this.faults.judgeWebhook(news))) {
      const dueAtMicros = nowMicros + planned.delayMs * MICROS_PER_MILLISECOND;
      this.insert({ ...news, subject, dueAtMicros }, planned, nowMicros);
    }
    // The job looks in a later turn of the event loop, when this transaction has been committed.
    this.delivery.nudge();
  }

  private insert(webhook: NewWebhook, planned: PlannedWebhook, nowMicros: number): void {
    const id = this.webhooks.insert(webhook, nowMicros);
    if (planned.isDropped) {
      const { eventType: name, attemptId, paymentId } = webhook;
      this.webhooks.drop(id);
      this.journal.append({ kind: 'WEBHOOK', name, attemptId, paymentId, facts: { webhookId: id, state: 'DROPPED' } });
    } else if (planned.manner || planned.isHeld) {
      this.manners.insert(id, planned.manner, planned.isHeld ? webhook.paymentId : undefined);
    }
  }
}

function aboutPayment(payment: Payment, eventType: WebhookEventType): News {
  const { tenantId, id: paymentId, paymentAttemptId: attemptId, orderId } = payment;
  return { tenantId, eventType, attemptId, paymentId, orderId };
}

function toPaymentObject(payment: Payment): object {
  return toPaymentAnswer(payment, { expandEvents: false });
}
