import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { DueBatches } from '../clock/due-batches.service.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { settlePayment } from '../payments/payment-life.policy.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { SettlementRepository } from './settlement.repository.ts';

/** Settles captured payments when their money arrives. */
@Injectable()
export class SettlePaymentsJob {
  constructor(
    store: SandboxStore,
    settlements: SettlementRepository,
    registry: DueWorkRegistry,
    private readonly payments: PaymentRepository,
    private readonly journal: JournalRepository,
    private readonly webhooks: WebhookQueue,
    private readonly clock: Clock,
  ) {
    const doDue = (byMicros: number, limit: number): number => {
      const due = settlements.takeDue(byMicros, limit);
      for (const paymentId of due) this.settle(paymentId);
      return due.length;
    };
    const findNextDueMicros = settlements.findNextDueMicros.bind(settlements);
    registry.register(new DueBatches(store, clock, { findNextDueMicros, doDue }));
  }

  private settle(paymentId: string): void {
    const captured = this.payments.find(paymentId);
    if (captured?.status !== 'SETTLING') return;
    const payment = settlePayment(captured, this.clock.nowMicros());
    this.payments.update(payment);
    this.webhooks.addPaymentStatus(payment, PLAIN_DELIVERY, payment.updatedAtMicros);
    this.journal.append({
      kind: 'EFFECT',
      name: 'PAYMENT_SETTLED',
      attemptId: payment.paymentAttemptId,
      paymentId,
      facts: { amountCaptured: payment.amountCaptured },
    });
  }
}
