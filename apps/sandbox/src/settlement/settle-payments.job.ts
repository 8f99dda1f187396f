import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { type DueWork, DueWorkRegistry } from '../clock/due-work.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { settlePayment } from '../payments/payment-life.policy.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { PLAIN_DELIVERY, WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { SettlementRepository } from './settlement.repository.ts';

/** So many payments share a transaction: it holds the event loop for a few milliseconds. */
const MAX_PAYMENTS_PER_COMMIT = 100;

/** Settles captured payments when their money arrives. */
@Injectable()
export class SettlePaymentsJob implements DueWork, OnModuleInit {
  constructor(
    private readonly store: SandboxStore,
    private readonly settlements: SettlementRepository,
    private readonly payments: PaymentRepository,
    private readonly journal: JournalRepository,
    private readonly webhooks: WebhookQueue,
    private readonly registry: DueWorkRegistry,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  nextDueMicros(): number | undefined {
    return this.settlements.findNextDueMicros();
  }

  async runDue(): Promise<void> {
    let settled = MAX_PAYMENTS_PER_COMMIT;
    while (settled === MAX_PAYMENTS_PER_COMMIT) settled = await this.store.transaction(() => this.settleDue());
  }

  private settleDue(): number {
    const due = this.settlements.takeDue(this.clock.nowMicros(), MAX_PAYMENTS_PER_COMMIT);
    for (const paymentId of due) this.settle(paymentId);
    return due.length;
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
