import { Injectable } from '@nestjs/common';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { FaultDefinition } from './fault.schema.ts';
import type { Fault, FaultSubject } from './fault.types.ts';

interface FaultRow {
  id: number;
  definition: string;
  salt: number;
  draws: number;
  strikes: number;
}

/** The faults that were set, over ones too. */
@Injectable()
export class FaultRepository {
  constructor(private readonly store: SandboxStore) {}

  insert(definition: FaultDefinition, salt: number, nowMicros: number): Fault {
    const row = this.store
      .statement('INSERT INTO fault (definition, salt, created_at) VALUES (?, ?, ?) RETURNING id')
      .get(JSON.stringify(definition), salt, nowMicros) as { id: number };
    return { id: row.id, definition, salt, draws: 0, strikes: 0 };
  }

  list(): Fault[] {
    const rows = this.store.statement('SELECT * FROM fault ORDER BY id').all() as unknown as FaultRow[];
    return rows.map(({ id, definition, salt, draws, strikes }) => ({
      id,
      definition: JSON.parse(definition) as FaultDefinition,
      salt,
      draws,
      strikes,
    }));
  }

  recordDraws(faults: readonly Fault[]): void {
    for (const { id, draws, strikes } of faults) {
      this.store.statement('UPDATE fault SET draws = ?, strikes = ? WHERE id = ?').run(draws, strikes, id);
    }
  }

  delete(id: number): void {
    this.store.statement('DELETE FROM fault WHERE id = ?').run(id);
  }

  deleteAll(): void {
    this.store.statement('DELETE FROM fault').run();
  }

  /** The order that an attempt or a payment is about; only looked up when a fault names an order. */
  findOrderId({ attemptId, paymentId, tenantId }: FaultSubject): string | undefined {
    const row =
      attemptId === undefined
        ? this.store
            .statement('SELECT order_id FROM payment WHERE id = ? AND tenant_id = ?')
            .get(paymentId ?? '', tenantId)
        : this.store
            .statement(
              `SELECT json_extract(s.details, '$.orderId') AS order_id
                 FROM payment_attempt a JOIN client_session s ON s.id = a.session_id
                WHERE a.id = ? AND a.tenant_id = ?`,
            )
            .get(attemptId, tenantId);
    return (row as { order_id: string | null } | undefined)?.order_id ?? undefined;
  }
}
