import { Injectable } from '@nestjs/common';
import type { AttemptConcludedData } from '@tollgate/contracts';
import { Database, type Statement, type Transaction } from '@tollgate/persistence';
import { toCredits } from './fate.policy.ts';
import type { AttemptFateRow, PaymentFate } from './fate.types.ts';
import {
  addHistory,
  findFatesOfAttempts,
  findFatesOfPayments,
  findPendingOutcomes,
  lockSubjects,
  markCounted,
} from './sql/credit-history.sql.ts';
import { insertOutcomes, lockFates, mergePaymentFates } from './sql/record-fates.sql.ts';

/** An attempt of a merchant. */
export interface AttemptReference {
  readonly merchantId: string;
  readonly paymentAttemptId: string;
}

/** What became of attempts and payments, and what cards and customers are remembered by. */
@Injectable()
export class FateRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Records outcomes and tells their subjects. */
  async recordOutcomes(transaction: Transaction, outcomes: readonly AttemptConcludedData[]): Promise<void> {
    const columns = [
      outcomes.map(({ paymentAttemptId }) => paymentAttemptId),
      outcomes.map(({ merchantId }) => merchantId),
      outcomes.map(({ outcome }) => outcome),
      outcomes.map(({ paymentId }) => paymentId ?? null),
      outcomes.map(({ concludedAt }) => concludedAt),
    ];
    await Promise.all([lock(transaction, outcomes), transaction.query(insertOutcomes, columns)]);
    await this.#credit(transaction, findFatesOfAttempts, columns.slice(0, 2));
  }

  /** Merges news of payments and tells their subjects. */
  async mergePayments(transaction: Transaction, fates: readonly PaymentFate[]): Promise<void> {
    const columns: Array<(fate: PaymentFate) => unknown> = [
      ({ paymentId }) => paymentId,
      ({ merchantId }) => merchantId,
      ({ authorised }) => authorised,
      ({ declined }) => declined,
      ({ refunded }) => refunded,
      ({ disputed }) => disputed,
      ({ disputeLost }) => disputeLost,
      ({ amountMinor }) => amountMinor,
      ({ currency }) => currency,
      ({ bin }) => bin,
      ({ last4 }) => last4,
      ({ network }) => network,
      ({ issuerCountry }) => issuerCountry,
    ];
    const values = columns.map((column) => fates.map(column));
    await Promise.all([lock(transaction, fates), transaction.query(mergePaymentFates, values)]);
    await this.#credit(transaction, findFatesOfPayments, values.slice(0, 2));
  }

  /** Outcomes that came before their decision, which has come since. */
  async findPending(limit: number): Promise<AttemptReference[]> {
    const rows = await this.#database.query<{ attempt_id: string; merchant_id: string }>(findPendingOutcomes, [limit]);
    return rows.map((row) => ({ merchantId: row.merchant_id, paymentAttemptId: row.attempt_id }));
  }

  /** Tells the subjects of attempts what they have not been told. */
  async creditAttempts(transaction: Transaction, attempts: readonly AttemptReference[]): Promise<void> {
    await lock(transaction, attempts);
    await this.#credit(transaction, findFatesOfAttempts, [
      attempts.map(({ paymentAttemptId }) => paymentAttemptId),
      attempts.map(({ merchantId }) => merchantId),
    ]);
  }

  async #credit(transaction: Transaction, find: Statement, values: readonly unknown[]): Promise<void> {
    const rows = await transaction.query<AttemptFateRow>(find, values);
    if (rows.length === 0) return;
    const { credits, counted } = toCredits(rows);
    const marking = transaction.query(markCounted, [
      counted.map(({ attemptId }) => attemptId),
      counted.map(({ merchantId }) => merchantId),
      counted.map((fate) => fate.counted.join(' ')),
    ]);
    if (credits.length === 0) {
      await marking;
      return;
    }
    await Promise.all([
      marking,
      transaction.query(lockSubjects, [credits.map(({ key }) => key)]),
      transaction.query(addHistory, [
        credits.map(({ key }) => key),
        credits.map(({ approved }) => approved),
        credits.map(({ aborted }) => aborted),
        credits.map(({ declined }) => declined),
        credits.map(({ refunded }) => refunded),
        credits.map(({ disputed }) => disputed),
        credits.map(({ mismatched }) => mismatched.join(' ')),
      ]),
    ]);
  }
}

function lock(transaction: Transaction, of: ReadonlyArray<{ readonly merchantId: string }>): Promise<unknown> {
  return transaction.query(lockFates, [[...new Set(of.map(({ merchantId }) => merchantId))].toSorted()]);
}
