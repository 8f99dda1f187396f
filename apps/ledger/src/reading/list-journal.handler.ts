import { Injectable } from '@nestjs/common';
import type { JournalAnswer, JournalEntryAnswer, ListJournalQuery } from '@tollgate/contracts';
import { formatInstant } from '../books/instant.policy.ts';
import { BooksRepository, type JournalRow } from './books.repository.ts';
import { toPage } from './page-cursor.policy.ts';

/** Lists journal entries in the order of writing. */
@Injectable()
export class ListJournalHandler {
  constructor(private readonly books: BooksRepository) {}

  async handle(query: ListJournalQuery): Promise<JournalAnswer> {
    const { rows, nextCursor } = toPage(await this.books.listJournal(query), query.limit, (row) => row.entry_id);
    return { data: rows.map(toEntryAnswer), nextCursor };
  }
}

function toEntryAnswer(row: JournalRow): JournalEntryAnswer {
  return {
    entryId: row.entry_id.toString(),
    merchantId: row.merchant_id,
    paymentId: row.payment_id,
    evidenceId: row.evidence_id,
    positionVersion: row.position_version,
    effectiveAt: formatInstant(row.effective_at_us),
    recordedAt: formatInstant(row.recorded_at_us),
    postings: row.postings,
  };
}
