import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@tollgate/persistence';
import type { SubjectHistory } from '../fates/fate.types.ts';
import { SeenValues } from './seen-values.policy.ts';
import { deleteOldBlocks, deleteOldSeenValues, deleteOldSubjects } from './sql/delete-old-velocity.sql.ts';
import { lockMerchants } from './sql/lock-merchants.sql.ts';
import { readSeenValues, readSubjects } from './sql/read-subjects.sql.ts';
import { sumBlocks } from './sql/sum-blocks.sql.ts';
import { insertBlocks, writeSeenValues, writeSubjects } from './sql/write-subjects.sql.ts';
import {
  type BatchSubject,
  type BlockQuery,
  blockQueryKey,
  type BlockSums,
  type KeyedAttempt,
  type KnownSubject,
  type SeenKey,
  seenKey,
  seenKeysOf,
  type SubjectUpdate,
  subjectsOf,
  toBlockQueries,
  type VelocityState,
} from './velocity.policy.ts';
import type { VelocityMeasurement } from './velocity.types.ts';

interface SubjectRow extends SubjectHistory {
  readonly position: number;
  readonly first_seen_ms: number;
  readonly sealed: number;
  readonly recent: Buffer;
}

/** What attempts have in common, and when it was seen: exact in the order in which batches commit. */
@Injectable()
export class VelocityRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Holds back every other batch of the same merchants until this transaction ends, and reads what was recorded before
   * it. To be followed by {@link write}.
   */
  async lockAndRead(
    transaction: Transaction,
    measurements: readonly VelocityMeasurement[],
    batch: readonly KeyedAttempt[],
  ): Promise<VelocityState> {
    const subjects = subjectsOf(batch);
    const seenKeys = seenKeysOf(measurements, batch);
    const merchants = [...new Set(batch.map(({ attempt }) => attempt.merchantId))].toSorted();
    // The lock comes first: only a statement that begins after it sees what its last holder has committed.
    const [, known, seen] = await Promise.all([
      transaction.query(lockMerchants, [merchants]),
      this.#readSubjects(transaction, subjects),
      this.#readSeen(transaction, seenKeys),
    ]);
    const queries = toBlockQueries(measurements, subjects, known);
    const blocks = queries.length === 0 ? new Map() : await this.#sumBlocks(transaction, queries);
    return { subjects: known, blocks, seen };
  }

  /** Records a batch. `state` is what {@link lockAndRead} gave, as measuring has left it. */
  async write(transaction: Transaction, state: VelocityState, updates: readonly SubjectUpdate[]): Promise<void> {
    if (updates.length === 0) return;
    const writing = [
      transaction.query(writeSubjects, [
        updates.map(({ key }) => key),
        updates.map(({ kind }) => kind),
        updates.map(({ firstSeenMs }) => firstSeenMs),
        updates.map(({ sealed }) => sealed),
        ...inOnePiece(updates.map(({ recent }) => recent)),
      ]),
    ];
    const blocks = updates.flatMap((update) => update.blocks.map((block) => ({ key: update.key, ...block })));
    if (blocks.length > 0) {
      writing.push(
        transaction.query(insertBlocks, [
          blocks.map(({ key }) => key),
          blocks.map(({ lastMs }) => lastMs),
          blocks.map(({ firstMs }) => firstMs),
          blocks.map(({ currency }) => currency),
          blocks.map(({ attempts }) => attempts),
          blocks.map(({ amountMinor }) => amountMinor.toString()),
          blocks.map(({ entries }) => entries),
        ]),
      );
    }
    if (state.seen.size > 0) {
      const keys = [...state.seen.keys()].map((key) => key.split(' '));
      writing.push(
        transaction.query(writeSeenValues, [
          keys.map(([key]) => key),
          keys.map(([, of]) => of),
          ...inOnePiece([...state.seen.values()].map((values) => values.pack())),
        ]),
      );
    }
    await Promise.all(writing);
  }

  /**
   * Deletes up to `limit` rows of each table: attempts of a window's reach before the first instant, subjects not seen
   * since the second; returns how many.
   */
  async deleteOlderThan(attemptsBefore: Date, subjectsBefore: Date, limit: number): Promise<number> {
    const blocks = await this.#database.query(deleteOldBlocks, [attemptsBefore, limit]);
    const values = await this.#database.query(deleteOldSeenValues, [attemptsBefore, limit]);
    const subjects = await this.#database.query(deleteOldSubjects, [subjectsBefore, limit]);
    return blocks.length + values.length + subjects.length;
  }

  async #readSubjects(transaction: Transaction, subjects: readonly BatchSubject[]): Promise<Map<string, KnownSubject>> {
    const rows = await transaction.query<SubjectRow>(readSubjects, [subjects.map(({ key }) => key)]);
    return new Map(
      rows.map(({ position, first_seen_ms, sealed, recent, ...history }) => [
        subjects[position]!.key,
        { firstSeenMs: first_seen_ms, sealed, recent, history },
      ]),
    );
  }

  async #readSeen(transaction: Transaction, keys: readonly SeenKey[]): Promise<Map<string, SeenValues>> {
    if (keys.length === 0) return new Map();
    const rows = await transaction.query<{ position: number; seen: Buffer }>(readSeenValues, [
      keys.map(({ key }) => key),
      keys.map(({ of }) => of),
    ]);
    const packed = new Map(rows.map(({ position, seen }) => [position, seen]));
    return new Map(keys.map((key, position) => [seenKey(key), new SeenValues(packed.get(position))]));
  }

  async #sumBlocks(
    transaction: Transaction,
    queries: readonly BlockQuery[],
  ): Promise<Map<string, readonly BlockSums[]>> {
    const rows = await transaction.query<{
      position: number;
      currency: string;
      attempts: number;
      amount_minor: string;
      edges: Buffer;
    }>(sumBlocks, [
      queries.map(({ key }) => key),
      queries.map(({ fromMs }) => fromMs),
      queries.map(({ toMs }) => toMs),
      queries.map(({ insideFromMs }) => insideFromMs),
      queries.map(({ insideToMs }) => insideToMs),
    ]);
    return Map.groupBy(
      rows.map(({ position, currency, attempts, amount_minor, edges }) => ({
        query: blockQueryKey(queries[position]!),
        ...{ currency, attempts, amountMinor: BigInt(amount_minor), edges },
      })),
      ({ query }) => query,
    );
  }
}

/** All of them one after the other, then where each begins and how long it is. Bytes. */
function inOnePiece(pieces: readonly Buffer[]): [Buffer, number[], number[]] {
  const lengths = pieces.map(({ length }) => length);
  let end = 0;
  const starts = lengths.map((length) => (end += length) - length);
  return [Buffer.concat(pieces), starts, lengths];
}
