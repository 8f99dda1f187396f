import { Injectable } from '@nestjs/common';
import { KnownError, type RuleSetStatus } from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import type { RuleSetOrigin } from './inherited-people.policy.ts';
import type { AuditRow, RuleSetActor, RuleSetRow } from './rule-set-life.types.ts';
import type { RuleSetMove } from './rule-set-life.states.ts';
import type { RuleSet } from './rule-set.types.ts';
import {
  countShadows,
  insertAudit,
  insertRuleSet,
  lockStanding,
  moveRuleSet,
  raiseRevision,
  selectAudit,
  selectLiveRuleSet,
  selectRevision,
  selectRuleSetOrigins,
  selectRuleSets,
  selectRuleSetsByVersion,
  selectStandingRuleSets,
} from './sql/rule-sets.sql.ts';

/** A step as the record keeps it. */
export interface AuditEntry {
  readonly step: string;
  readonly from: RuleSetStatus | null;
  readonly by: RuleSetActor;
  readonly note: string | null;
}

/** Rule sets, where they stand, and who brought them there. */
@Injectable()
export class RuleSetRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async readRevision(transaction: Transaction): Promise<bigint> {
    const [row] = await transaction.query<{ revision: bigint }>(selectRevision);
    return row!.revision;
  }

  async findStanding(transaction: Transaction): Promise<RuleSetRow[]> {
    return transaction.query<RuleSetRow>(selectStandingRuleSets);
  }

  /** Every set with those behind it, the oldest first. */
  async findOrigins(transaction: Transaction): Promise<RuleSetOrigin[]> {
    return transaction.query<RuleSetOrigin>(selectRuleSetOrigins);
  }

  /** Runs `change` alone among all changes of rule sets, and lets every instance know that something has changed. */
  async change<Result>(change: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.#database.transaction(async (transaction) => {
      await transaction.query(lockStanding);
      const result = await change(transaction);
      transaction.queryWithCommit(raiseRevision);
      return result;
    });
  }

  /** @throws KnownError RULESET_NOT_FOUND also where the beginning fits several versions */
  async get(version: string, transaction?: Transaction): Promise<RuleSetRow> {
    const found = await (transaction ?? this.#database).query<RuleSetRow>(selectRuleSetsByVersion, [version]);
    if (found.length > 1) {
      throw new KnownError('RULESET_NOT_FOUND', {
        detail: `Several rule sets have a version that begins with ${version}`,
      });
    }
    if (found[0] === undefined) throw new KnownError('RULESET_NOT_FOUND', { facts: { version } });
    return found[0];
  }

  async findLive(transaction: Transaction): Promise<RuleSetRow | undefined> {
    const [live] = await transaction.query<RuleSetRow>(selectLiveRuleSet);
    return live;
  }

  async countShadows(transaction: Transaction): Promise<number> {
    const [row] = await transaction.query<{ shadows: number }>(countShadows);
    return row!.shadows;
  }

  /** Undefined where this content is known already. */
  async insert(
    transaction: Transaction,
    ruleSet: RuleSet,
    { status, by, note }: { status: 'draft' | 'live'; by: RuleSetActor; note: string | null },
  ): Promise<RuleSetRow | undefined> {
    const people = by.personId === null ? [] : [by.personId];
    const { version, content, document } = ruleSet;
    const [row] = await transaction.query<RuleSetRow>(insertRuleSet, [
      ...[version, document.name, content, status, JSON.stringify(by), people],
    ]);
    if (row !== undefined) await this.#record(transaction, row, { step: 'draft', from: null, by, note });
    return row;
  }

  /**
   * Moves a set and records who did it.
   * @param replaced the set that was live until now, of one that goes live in its place
   */
  async move(
    transaction: Transaction,
    version: string,
    { to, proposedBy, proposalNote }: RuleSetMove,
    entry: AuditEntry & { readonly replaced?: string; readonly makesResponsible: boolean },
  ): Promise<RuleSetRow> {
    const [row] = await transaction.query<RuleSetRow>(moveRuleSet, [
      version,
      to,
      proposedBy === null ? null : JSON.stringify(proposedBy),
      proposalNote,
      entry.replaced ?? null,
      entry.makesResponsible ? entry.by.personId : null,
    ]);
    await this.#record(transaction, row!, entry);
    return row!;
  }

  async list(page: { beforeId: bigint | null; status: RuleSetStatus | null; limit: number }): Promise<RuleSetRow[]> {
    return this.#database.query<RuleSetRow>(selectRuleSets, [page.beforeId, page.status, page.limit]);
  }

  async listAudit(page: { beforeId: bigint | null; version: string | null; limit: number }): Promise<AuditRow[]> {
    return this.#database.query<AuditRow>(selectAudit, [page.beforeId, page.version, page.limit]);
  }

  async #record(transaction: Transaction, { version, status }: RuleSetRow, entry: AuditEntry): Promise<void> {
    await transaction.query(insertAudit, [
      ...[version, entry.step, entry.from, status, JSON.stringify(entry.by), entry.note],
    ]);
  }
}
