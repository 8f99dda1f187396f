import { Injectable } from '@nestjs/common';
import { KnownError, type ListEntryAnswer, type ListEntryInput, type Principal } from '@tollgate/contracts';
import { PersonalValues } from '@tollgate/persistence';
import { toActor, toListedValue, toListEntryAnswer } from './list-entry.policy.ts';
import { ListEntryRepository } from './list-entry.repository.ts';

/** Puts somebody or something on a list; attempts decided from then on see it. */
@Injectable()
export class AddListEntryHandler {
  readonly #entries: ListEntryRepository;
  readonly #personal: PersonalValues;

  constructor(entries: ListEntryRepository, personal: PersonalValues) {
    this.#entries = entries;
    this.#personal = personal;
  }

  /**
   * Adding what is active already changes nothing and answers the entry there is.
   * @throws KnownError VALIDATION_FAILED for an e-mail or IP address that is none
   */
  async add(entry: ListEntryInput, principal: Principal): Promise<{ entry: ListEntryAnswer; added: boolean }> {
    const value = toListedValue(entry, (kind, plain) => this.#personal.hash(kind, plain));
    if (value === undefined) {
      const problem = { path: 'value', message: `this is no ${entry.kind}` };
      throw new KnownError('VALIDATION_FAILED', { facts: { errors: [problem] } });
    }
    const { row, added } = await this.#entries.add({ ...entry, value }, toActor(principal));
    return { entry: toListEntryAnswer(row), added };
  }
}
