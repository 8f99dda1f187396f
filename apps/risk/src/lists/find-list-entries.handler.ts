import { Injectable } from '@nestjs/common';
import type { ListEntryAnswer, ListEntryQuery } from '@tollgate/contracts';
import { toListEntryAnswer } from './list-entry.policy.ts';
import { ListEntryRepository } from './list-entry.repository.ts';

/** A page of list entries, newest first. */
@Injectable()
export class FindListEntriesHandler {
  readonly #entries: ListEntryRepository;

  constructor(entries: ListEntryRepository) {
    this.#entries = entries;
  }

  async find(query: ListEntryQuery): Promise<{ data: ListEntryAnswer[]; nextCursor: string | null }> {
    const rows = await this.#entries.list({
      beforeId: query.cursor === undefined ? null : BigInt(query.cursor),
      list: query.list ?? null,
      kind: query.kind ?? null,
      includeRemoved: query.includeRemoved === 'true',
      // One more than is shown tells whether there is another page.
      limit: query.limit + 1,
    });
    const data = rows.slice(0, query.limit).map(toListEntryAnswer);
    return { data, nextCursor: rows.length > query.limit ? (data.at(-1)?.id ?? null) : null };
  }
}
