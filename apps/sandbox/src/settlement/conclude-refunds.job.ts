import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { type DueWork, DueWorkRegistry } from '../clock/due-work.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { concludeRefund } from '../payments/refund.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { type PendingRefund, PendingRefundRepository } from './pending-refund.repository.ts';

/** So many refunds share a transaction: it holds the event loop for a few milliseconds. */
const MAX_REFUNDS_PER_COMMIT = 100;

/** Ends refunds that were under way: with the money, or without. */
@Injectable()
export class ConcludeRefundsJob implements DueWork, OnModuleInit {
  constructor(
    private readonly store: SandboxStore,
    private readonly refunds: PendingRefundRepository,
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
    return this.refunds.findNextDueMicros();
  }

  async runDue(): Promise<void> {
    let concluded = MAX_REFUNDS_PER_COMMIT;
    while (concluded === MAX_REFUNDS_PER_COMMIT) {
      concluded = await this.store.transaction(() => this.concludeDue());
    }
  }

  private concludeDue(): number {
    const due = this.refunds.takeDue(this.clock.nowMicros(), MAX_REFUNDS_PER_COMMIT);
    for (const refund of due) this.conclude(refund);
    return due.length;
  }

  private conclude({ paymentId, processorTransactionId, ends }: PendingRefund): void {
    const before = this.payments.find(paymentId);
    if (!before) return;
    const end = { status: ends, nowMicros: this.clock.nowMicros() };
    const payment = concludeRefund(before, processorTransactionId, end);
    this.payments.update(payment);
    this.webhooks.addRefund(payment, payment.updatedAtMicros);
    this.journal.append({
      kind: 'EFFECT',
      name: ends === 'SETTLED' ? 'REFUND_SETTLED' : 'REFUND_FAILED',
      attemptId: payment.paymentAttemptId,
      paymentId,
      facts: { amountRefunded: payment.amountRefunded },
    });
  }
}
