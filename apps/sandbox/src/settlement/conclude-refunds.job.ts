import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { DueBatches } from '../clock/due-batches.service.ts';
import { DueWorkRegistry } from '../clock/due-work.service.ts';
import { JournalRepository } from '../journal/journal.repository.ts';
import { PaymentRepository } from '../payments/payment.repository.ts';
import { concludeRefund } from '../payments/refund.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import { WebhookQueue } from '../webhooks/webhook-queue.service.ts';
import { type PendingRefund, PendingRefundRepository } from './pending-refund.repository.ts';

/** Ends refunds that were under way: with the money, or without. */
@Injectable()
export class ConcludeRefundsJob {
  constructor(
    store: SandboxStore,
    refunds: PendingRefundRepository,
    registry: DueWorkRegistry,
    private readonly payments: PaymentRepository,
    private readonly journal: JournalRepository,
    private readonly webhooks: WebhookQueue,
    private readonly clock: Clock,
  ) {
    const doDue = (byMicros: number, limit: number): number => {
      const due = refunds.takeDue(byMicros, limit);
      for (const refund of due) this.conclude(refund);
      return due.length;
    };
    const findNextDueMicros = refunds.findNextDueMicros.bind(refunds);
    registry.register(new DueBatches(store, clock, { findNextDueMicros, doDue }));
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
