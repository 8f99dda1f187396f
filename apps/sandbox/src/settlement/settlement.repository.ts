import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../store/sandbox.store.ts';

/** Payments whose captured money is on its way. */
@Injectable()
export class SettlementRepository {
  constructor(private readonly store: SandboxStore) {}

  insert(paymentId: string, dueAtMicros: number): void {
    this.store.statement('INSERT INTO settlement (payment_id, due_at) VALUES (?, ?)').run(paymentId, dueAtMicros);
  }

  /** Takes what is due out of the list, earliest first. */
  takeDue(nowMicros: number, limit: number): string[] {
    return this.store
      .statement(
        `DELETE FROM settlement
          WHERE payment_id IN (SELECT payment_id FROM settlement WHERE due_at <= ? ORDER BY due_at LIMIT ?)
         RETURNING payment_id`,
      )
      .all(nowMicros, limit)
      .map((row) => row['payment_id'] as string);
  }

  /** When the next payment settles after that moment, in microseconds; nothing when none is on its way. */
  findNextDueMicros(afterMicros = 0): number | undefined {
    const row = this.store
      .statement('SELECT min(due_at) AS due_at FROM settlement WHERE due_at > ?')
      .get(afterMicros) as {
      due_at: number | null;
    };
    return row.due_at ?? undefined;
  }
}
