import { Injectable } from '@nestjs/common';
import type { ListEntryAnswer, ListEntryInput, Principal } from '@tollgate/contracts';
import { toListEntryAnswer } from './list-entry.policy.ts';
import { ListEntryRepository } from './list-entry.repository.ts';

/** Puts somebody or something on the allow or the block list; attempts decided from then on see it. */
@Injectable()
export class AddListEntryHandler {
  readonly #entries: ListEntryRepository;

  constructor(entries: ListEntryRepository) {
    this.#entries = entries;
  }

  /** Adding what is active already changes nothing and answers the entry there is. */
  async add(entry: ListEntryInput, principal: Principal): Promise<{ entry: ListEntryAnswer; added: boolean }> {
    const { row, added } = await this.#entries.add(entry, principal.kind);
    return { entry: toListEntryAnswer(row), added };
  }
}
