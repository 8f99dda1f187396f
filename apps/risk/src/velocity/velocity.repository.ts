import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '@tollgate/persistence';
import type { VelocityMeasurement } from './velocity.types.ts';
import { addVelocityAttempts } from './sql/add-velocity-attempts.sql.ts';
import { countVelocityWindows } from './sql/count-velocity-windows.sql.ts';
import { deleteOldBuckets, deleteOldSubjects } from './sql/delete-old-velocity.sql.ts';
import { lockVelocitySubjects } from './sql/lock-velocity-subjects.sql.ts';
import {
  type CountedAttempt,
  subjectsOf,
  toBucketAttempts,
  toWindowQueries,
  type WindowCount,
  windowKey,
} from './velocity.policy.ts';

/** Counters of attempts by customer and card, exact in the order in which batches commit. */
@Injectable()
export class VelocityRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Holds back every other batch with a subject in common until this transaction ends, and reads what was counted
   * before it. To be followed by {@link add}.
   */
  async lockAndRead(
    transaction: Transaction,
    definitions: readonly VelocityMeasurement[],
    attempts: readonly CountedAttempt[],
  ): Promise<ReadonlyMap<string, WindowCount>> {
    const subjects = subjectsOf(definitions, attempts);
    if (subjects.length === 0) return new Map();
    const locking = transaction.query(lockVelocitySubjects, [
      subjects.map(({ merchantId }) => merchantId),
      subjects.map(({ kind }) => kind),
      subjects.map(({ subject }) => subject),
    ]);
    const queries = toWindowQueries(definitions, attempts);
    const reading = transaction.query<{ inside: number; edges_ms: bigint[] }>(countVelocityWindows, [
      queries.map(({ merchantId }) => merchantId),
      queries.map(({ kind }) => kind),
      queries.map(({ subject }) => subject),
      queries.map(({ fromSecond }) => fromSecond),
      queries.map(({ pastEdgeSecond }) => pastEdgeSecond),
      queries.map(({ futureEdgeSecond }) => futureEdgeSecond),
      queries.map(({ toSecond }) => toSecond),
    ]);
    const [, rows] = await Promise.all([locking, reading]);
    return new Map(
      queries.map((query, index) => {
        const row = rows[index]!;
        return [windowKey(query.name, query), { inside: row.inside, edgesMs: row.edges_ms.map(Number) }];
      }),
    );
  }

  /** Counts the attempts of a batch. */
  async add(
    transaction: Transaction,
    definitions: readonly VelocityMeasurement[],
    attempts: readonly CountedAttempt[],
  ): Promise<void> {
    const rows = toBucketAttempts(definitions, attempts);
    if (rows.length === 0) return;
    await transaction.query(addVelocityAttempts, [
      rows.map(({ merchantId }) => merchantId),
      rows.map(({ kind }) => kind),
      rows.map(({ subject }) => subject),
      rows.map(({ second }) => second),
      rows.map(({ offsetMs }) => offsetMs),
    ]);
  }

  /** Deletes up to `limit` rows of each table last written before the instant; returns how many. */
  async deleteOlderThan(before: Date, limit: number): Promise<number> {
    const buckets = await this.#database.query(deleteOldBuckets, [before, limit]);
    const subjects = await this.#database.query(deleteOldSubjects, [before, limit]);
    return buckets.length + subjects.length;
  }
}
