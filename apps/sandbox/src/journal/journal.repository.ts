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

  /** Entries after a sequence number, oldest first; of one attempt or payment when it is named. */
  list(query: {
    readonly attemptId?: string | undefined;
    readonly paymentId?: string | undefined;
    readonly afterSequence: number;
    readonly limit: number;
  }): JournalEntry[] {
    const filters = [
      ...(query.attemptId === undefined ? [] : [{ sql: ' AND attempt_id = ?', value: query.attemptId }]),
      ...(query.paymentId === undefined ? [] : [{ sql: ' AND payment_id = ?', value: query.paymentId }]),
    ];
    const rows = this.store
      .statement(
        `SELECT * FROM journal WHERE sequence > ?${filters.map(({ sql }) => sql).join('')} ORDER BY sequence LIMIT ?`,
      )
      .all(query.afterSequence, ...filters.map(({ value }) => value), query.limit);
    return (rows as unknown as JournalRow[]).map(toEntry);
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
