import { Injectable } from '@nestjs/common';
import type { KeySuccesses, KeyUse } from './key-incident.policy.ts';

const NONE: KeySuccesses = new Map();

/** When each merchant's key last worked at Primer in this process, by what it was used for. */
@Injectable()
export class WorkingKeys {
  readonly #successes = new Map<string, Map<KeyUse, Date>>();

  /** @param at by the database's clock */
  note(merchantId: string, use: KeyUse, at: Date): void {
    const successes = this.#successes.get(merchantId) ?? new Map<KeyUse, Date>();
    this.#successes.set(merchantId, successes.set(use, at));
  }

  of(merchantId: string): KeySuccesses {
    return this.#successes.get(merchantId) ?? NONE;
  }
}
