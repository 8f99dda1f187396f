import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../store/sandbox.store.ts';

/** A refund that the processor has not made yet, and how it will end. */
export interface PendingRefund {
  readonly processorTransactionId: string;
  readonly paymentId: string;
  readonly ends: 'SETTLED' | 'FAILED';
}

/** Refunds under way. */
@Injectable()
export class PendingRefundRepository {
  constructor(private readonly store: SandboxStore) {}

  insert({ processorTransactionId, paymentId, ends }: PendingRefund, dueAtMicros: number): void {
    this.store
      .statement('INSERT INTO pending_refund (processor_transaction_id, payment_id, ends, due_at) VALUES (?, ?, ?, ?)')
      .run(processorTransactionId, paymentId, ends, dueAtMicros);
  }

  /** Takes what is due out of the list, a few at a time. */
  takeDue(nowMicros: number, limit: number): PendingRefund[] {
    return this.store
      .statement(
        `DELETE FROM pending_refund
          WHERE processor_transaction_id IN
                (SELECT processor_transaction_id FROM pending_refund WHERE due_at <= ? ORDER BY due_at LIMIT ?)
         RETURNING processor_transaction_id AS processorTransactionId, payment_id AS paymentId, ends`,
      )
      .all(nowMicros, limit) as unknown as PendingRefund[];
  }

  /** When the next refund ends after that moment, in microseconds; nothing when none is under way. */
  findNextDueMicros(afterMicros = 0): number | undefined {
    const row = this.store
      .statement('SELECT min(due_at) AS due_at FROM pending_refund WHERE due_at > ?')
      .get(afterMicros) as { due_at: number | null };
    return row.due_at ?? undefined;
  }
}
