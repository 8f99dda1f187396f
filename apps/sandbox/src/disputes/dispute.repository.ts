import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { Dispute } from './dispute.types.ts';

@Injectable()
export class DisputeRepository {
  constructor(private readonly store: SandboxStore) {}

  /** Stores a dispute, new or changed. */
  save(dispute: Dispute): void {
    this.store
      .statement(
        `INSERT INTO dispute (id, payment_id, document, due_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET document = excluded.document, due_at = excluded.due_at`,
      )
      .run(dispute.id, dispute.paymentId, JSON.stringify(dispute), dispute.challengeRequiredByMicros ?? null);
  }

  find(id: string): Dispute | undefined {
    const row = this.store.statement('SELECT document FROM dispute WHERE id = ?').get(id);
    return row && toDispute(row);
  }

  /** Disputes in the order in which they were opened; of one payment when it is named. */
  list(query: { readonly paymentId: string | undefined; readonly limit: number }): Dispute[] {
    const { paymentId, limit } = query;
    const rows =
      paymentId === undefined
        ? this.store.statement('SELECT document FROM dispute ORDER BY sequence LIMIT ?').all(limit)
        : this.store
            .statement('SELECT document FROM dispute WHERE payment_id = ? ORDER BY sequence LIMIT ?')
            .all(paymentId, limit);
    return rows.map(toDispute);
  }

  /** Open disputes that may no longer be challenged. */
  listOverdue(nowMicros: number, limit: number): Dispute[] {
    return this.store
      .statement('SELECT document FROM dispute WHERE due_at <= ? ORDER BY due_at LIMIT ?')
      .all(nowMicros, limit)
      .map(toDispute);
  }

  /** When the next open dispute can no longer be challenged, in microseconds. */
  findNextDueMicros(afterMicros = 0): number | undefined {
    const row = this.store.statement('SELECT min(due_at) AS due_at FROM dispute WHERE due_at > ?').get(afterMicros) as {
      due_at: number | null;
    };
    return row.due_at ?? undefined;
  }
}

function toDispute(row: object): Dispute {
  return JSON.parse((row as { document: string }).document) as Dispute;
}
