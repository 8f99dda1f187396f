import { Injectable } from '@nestjs/common';
import { KnownError, type ListEntryInput, type ListEntryKind, type ListName } from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import { type ListedAttempt, type ListMatches, toCandidates, toMatches } from './list-entry.policy.ts';
import type { ListEntryFilter, ListEntryRow } from './list-entry.types.ts';
import { findListMatches } from './sql/find-list-matches.sql.ts';
import {
  endExpiredListEntry,
  insertListEntry,
  removeListEntry,
  selectActiveListEntry,
  selectListEntries,
} from './sql/list-entries.sql.ts';

/** Entries of the allow, the block and the watch list. */
@Injectable()
export class ListEntryRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** For each attempt, by which kinds of active entry it is on which list: one statement for all. */
  async findMatches(transaction: Transaction, attempts: readonly ListedAttempt[]): Promise<ListMatches[]> {
    const candidates = attempts.flatMap((attempt, index) =>
      toCandidates(attempt).map((candidate) => ({ ...candidate, index })),
    );
    const rows = await transaction.query<{ position: number; list: ListName; kind: ListEntryKind }>(findListMatches, [
      candidates.map(({ merchantId }) => merchantId),
      candidates.map(({ kind }) => kind),
      candidates.map(({ value }) => value),
    ]);
    const found = Map.groupBy(rows, ({ position }) => candidates[position]!.index);
    return attempts.map((_attempt, index) => toMatches(found.get(index) ?? []));
  }

  /** A page of entries, newest first. */
  async list({ beforeId, list, kind, includeRemoved, limit }: ListEntryFilter): Promise<ListEntryRow[]> {
    return this.#database.query<ListEntryRow>(selectListEntries, [beforeId, list, kind, includeRemoved, limit]);
  }

  /** Adds an entry; where the same one is active, that one is returned and nothing changes. */
  async add(entry: ListEntryInput, createdBy: string): Promise<{ row: ListEntryRow; added: boolean }> {
    const key = [entry.merchantId ?? null, entry.list, entry.kind, entry.value];
    await this.#database.query(endExpiredListEntry, key);
    const [added] = await this.#database.query<ListEntryRow>(insertListEntry, [
      ...key,
      entry.note ?? null,
      createdBy,
      entry.expiresAt ?? null,
    ]);
    if (added !== undefined) return { row: added, added: true };
    const [active] = await this.#database.query<ListEntryRow>(selectActiveListEntry, key);
    // Removed between the two statements: the caller may try again.
    if (active === undefined) throw new KnownError('DATABASE_CONFLICT');
    return { row: active, added: false };
  }

  /** Takes an entry off its list; its row stays. */
  async remove(id: bigint, removedBy: string): Promise<ListEntryRow | undefined> {
    const [row] = await this.#database.query<ListEntryRow>(removeListEntry, [id, removedBy]);
    return row;
  }
}
