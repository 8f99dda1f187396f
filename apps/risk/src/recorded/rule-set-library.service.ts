import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { RuleSetRepository } from '../rule-sets/rule-set.repository.ts';
import { readRuleSet } from '../rule-sets/rule-set.store.ts';
import type { RuleSet } from '../rule-sets/rule-set.types.ts';

/** Sets by version, compiled; what a set says never changes. */
const KEPT_MAX = 32;
const UNKNOWN: ReadonlySet<string> = new Set(['RULESET_NOT_FOUND', 'RULESET_INVALID']);

/** Compiled rule sets of any age, for those who look back. */
@Injectable()
export class RuleSetLibrary {
  readonly #repository: RuleSetRepository;
  readonly #kept = new Map<string, RuleSet>();
  /** Versions that this release cannot evaluate, and so never will. */
  readonly #unreadable = new Set<string>();

  constructor(repository: RuleSetRepository) {
    this.#repository = repository;
  }

  /**
   * @param transaction of whoever holds one: a second connection may be long in coming
   * @throws KnownError RULESET_NOT_FOUND; RULESET_INVALID where another release wrote it
   */
  async get(version: string, transaction?: Transaction): Promise<RuleSet> {
    const kept = this.#kept.get(version);
    if (kept !== undefined) return kept;
    const row = await this.#repository.get(version, transaction);
    const ruleSet = readRuleSet(row.content, row.version);
    if (this.#kept.size >= KEPT_MAX) this.#kept.clear();
    this.#kept.set(row.version, ruleSet);
    return ruleSet;
  }

  /** Undefined where no such set is kept, or none that this release can evaluate: what others decided is told all the same. */
  async find(version: string, transaction?: Transaction): Promise<RuleSet | undefined> {
    if (this.#unreadable.has(version)) return undefined;
    try {
      return await this.get(version, transaction);
    } catch (error) {
      if (!(error instanceof KnownError) || !UNKNOWN.has(error.code)) throw error;
      if (error.code === 'RULESET_INVALID') this.#unreadable.add(version);
      return undefined;
    }
  }
}
