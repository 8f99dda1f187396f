import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PrimerCall } from '../api/primer-call.types.ts';
import { type EffectLog, PrimerCalls } from '../api/primer-calls.service.ts';
import { readValid } from '../api/primer-request.schema.ts';
import { Clock } from '../clock/clock.service.ts';
import { newPaymentId } from '../payments/payment-id.policy.ts';
import { authorisePayment, createPayment, type PaymentIds } from '../payments/payment.policy.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import type { Payment } from '../payments/payment.types.ts';
import { sessionPurchase } from '../sessions/client-session.policy.ts';
import { ClientSessionRepository } from '../sessions/client-session.repository.ts';
import { DeliverWebhooksJob } from '../webhooks/deliver-webhooks.job.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { approveRefused, type RelatedPayment } from './attempt.errors.ts';
import { decideApprove } from './attempt.policy.ts';
import { AttemptRepository } from './attempt.repository.ts';
import { attemptPathSchema } from './attempt.schema.ts';
import { toAttemptFacts } from './attempt-facts.policy.ts';
import type { Attempt } from './attempt.types.ts';

export interface ApproveAnswer {
  readonly paymentAttemptId: string;
  readonly merchantPaymentId: string;
}

/** Approves a payment attempt: makes its one payment, sends it to the processor and notifies the merchant. */
@Injectable()
export class ApproveAttemptHandler {
  constructor(
    private readonly calls: PrimerCalls,
    private readonly attempts: AttemptRepository,
    private readonly sessions: ClientSessionRepository,
    private readonly payments: PaymentRepository,
    private readonly webhooks: WebhookQueue,
    private readonly delivery: DeliverWebhooksJob,
    private readonly clock: Clock,
  ) {}

  /** @throws PrimerError every documented refusal */
  async handle(call: PrimerCall): Promise<ApproveAnswer> {
    const answer = await this.calls.perform(call, (effect) => this.approve(call, effect));
    this.delivery.nudge();
    return answer;
  }

  private approve(call: PrimerCall, effect: EffectLog): ApproveAnswer {
    const { id } = readValid(attemptPathSchema, call.params, 'PaymentAttemptPath');
    const attempt = this.attempts.findForTenant(id, call.tenantId);
    if (attempt) this.attempts.countCall(attempt.id, 'approve');
    const verdict = decideApprove(attempt && toAttemptFacts(attempt, this.clock.nowMicros()));
    if (!attempt || !verdict.allowed) {
      throw approveRefused(
        verdict.allowed ? 'PaymentAttemptNotFound' : verdict.refusal,
        attempt && this.findRelatedPayment(attempt),
      );
    }
    const payment = this.pay(attempt);
    this.attempts.markApproved(attempt.id, payment.id);
    this.payments.insert(payment);
    this.webhooks.addPaymentStatus(payment, attempt.webhookPlan, payment.updatedAtMicros);
    const about = { attemptId: attempt.id, paymentId: payment.id };
    effect({ name: 'ATTEMPT_APPROVED', ...about });
    effect({ name: 'PAYMENT_CREATED', ...about, facts: moneyOf(payment) });
    return { paymentAttemptId: attempt.id, merchantPaymentId: payment.id };
  }

  private pay(attempt: Attempt): Payment {
    const session = this.sessions.find(attempt.sessionId);
    const purchase = session && sessionPurchase(session.details);
    if (!purchase) throw new Error('An attempt exists whose session cannot be paid.');
    const ids: PaymentIds = {
      paymentId: newPaymentId(),
      processorTransactionId: randomUUID(),
      eventId: randomUUID(),
    };
    const pending = createPayment({
      ids,
      tenantId: attempt.tenantId,
      paymentAttemptId: attempt.id,
      purchase,
      instrument: attempt.instrument,
      nowMicros: this.clock.nowMicros(),
    });
    return authorisePayment(pending, ids, this.clock.nowMicros());
  }

  private findRelatedPayment(attempt: Attempt): RelatedPayment | undefined {
    if (attempt.paymentId === undefined) return undefined;
    const payment = this.payments.findForTenant(attempt.paymentId, attempt.tenantId);
    return payment && { paymentId: payment.id, paymentStatus: payment.status };
  }
}

function moneyOf(payment: Payment): Record<string, string | number> {
  return { status: payment.status, amount: payment.amount, currencyCode: payment.currencyCode };
}
