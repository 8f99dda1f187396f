import { Injectable } from '@nestjs/common';
import { JournalRepository } from '../journal/journal.repository.ts';
import type { JournalPage, PageQuery } from './control.schema.ts';

/** Reads the journal, oldest first. */
@Injectable()
export class ListJournalHandler {
  constructor(private readonly journal: JournalRepository) {}

  handle(query: PageQuery): JournalPage {
    const { attemptId, paymentId, cursor, limit } = query;
    const entries = this.journal.list({ attemptId, paymentId, afterSequence: cursor, limit: limit + 1 });
    const data = entries.slice(0, limit);
    return { data, nextCursor: entries.length > limit ? String(data.at(-1)?.sequence) : null };
  }
}
