import { Injectable } from '@nestjs/common';
import { KnownError, type ListEntryAnswer, type Principal } from '@tollgate/contracts';
import { toActor, toListEntryAnswer } from './list-entry.policy.ts';
import { ListEntryRepository } from './list-entry.repository.ts';

/** Takes an entry off its list. Its row stays, with who did it and when. */
@Injectable()
export class RemoveListEntryHandler {
  readonly #entries: ListEntryRepository;

  constructor(entries: ListEntryRepository) {
    this.#entries = entries;
  }

  /** @throws KnownError NOT_FOUND */
  async remove(id: string, principal: Principal): Promise<ListEntryAnswer> {
    const row = await this.#entries.remove(BigInt(id), toActor(principal));
    if (row === undefined) throw new KnownError('NOT_FOUND', { detail: 'There is no such list entry' });
    return toListEntryAnswer(row);
  }
}
