import { Injectable } from '@nestjs/common';
import { Clock } from '../clock/clock.service.ts';
import { toPrimerDate } from '../clock/date.policy.ts';
import { SandboxStore } from '../store/sandbox.store.ts';
import type { JournalEntry, JournalKind, NewJournalEntry } from './journal.types.ts';

interface JournalRow {
  sequence: number;
  at: number;
  kind: JournalKind;
  name: string;
  attempt_id: string | null;
  payment_id: string | null;
  facts: string;
}

/** What really happened, in order: the truth that tests compare everybody else's record with. */
@Injectable()
export class JournalRepository {
  constructor(
    private readonly store: SandboxStore,
    private readonly clock: Clock,
  ) {}

  /** Belongs into the transaction of what it tells. */
  append(entry: NewJournalEntry): void {
    this.store
      .statement('INSERT INTO journal (at, kind, name, attempt_id, payment_id, facts) VALUES (?, ?, ?, ?, ?, ?)')
      .run(
        this.clock.nowMicros(),
        entry.kind,
        entry.name,
        entry.attemptId ?? null,
        entry.paymentId ?? null,
        JSON.stringify(entry.facts ?? {}),
      );
  }

  /** Entries after a sequence number, oldest first; of one attempt when it is named. */
  list(query: { attemptId?: string | undefined; afterSequence: number; limit: number }): JournalEntry[] {
    const rows = (query.attemptId === undefined
      ? this.store
          .statement('SELECT * FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?')
          .all(query.afterSequence, query.limit)
      : this.store
          .statement('SELECT * FROM journal WHERE attempt_id = ? AND sequence > ? ORDER BY sequence LIMIT ?')
          .all(query.attemptId, query.afterSequence, query.limit)) as unknown as JournalRow[];
    return rows.map(toEntry);
  }
}

function toEntry(row: JournalRow): JournalEntry {
  return {
    sequence: row.sequence,
    at: toPrimerDate(row.at),
    kind: row.kind,
    name: row.name,
    attemptId: row.attempt_id,
    paymentId: row.payment_id,
    facts: JSON.parse(row.facts) as Record<string, unknown>,
  };
}
