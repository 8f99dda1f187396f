import { Injectable } from '@nestjs/common';
import { Database, type Statement, type Transaction } from '@tollgate/persistence';
import { attemptKey } from '../decisions/decision.repository.ts';
import type {
  AnnouncedDecision,
  DecisionWithFate,
  RecordedDecision,
  RecordedRange,
} from './recorded-decision.types.ts';
import { findRecordedWithFates } from './sql/find-recorded.sql.ts';
import { fetchRecorded, openRecorded, openRecordedWithFates } from './sql/read-recorded.sql.ts';

/** Gets each page with the transaction that reads them, for whatever else is to be asked meanwhile. */
type Visit<Row> = (page: readonly Row[], transaction: Transaction) => void | Promise<void>;

/** Reads what was decided, page by page. */
@Injectable()
export class RecordedDecisionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Hands every decision of the range to `visit`, in pages, as of one moment. A page that throws ends the reading. */
  read(range: RecordedRange, visit: Visit<RecordedDecision>): Promise<void> {
    return this.#read(openRecorded, range, visit);
  }

  /** The same, each with what is known of its attempt's fate. */
  readWithFates(range: RecordedRange, visit: Visit<DecisionWithFate>): Promise<void> {
    return this.#read(openRecordedWithFates, range, visit);
  }

  /** What was decided about attempts, by {@link attemptKey}; nothing where nothing was. */
  async find(
    attempts: ReadonlyArray<{ readonly merchantId: string; readonly paymentAttemptId: string }>,
  ): Promise<Map<string, AnnouncedDecision>> {
    const rows = await this.#database.query<AnnouncedDecision>(findRecordedWithFates, [
      attempts.map(({ merchantId }) => merchantId),
      attempts.map(({ paymentAttemptId }) => paymentAttemptId),
    ]);
    return new Map(rows.map((row) => [attemptKey(row.merchant_id, row.attempt_id), row]));
  }

  async #read<Row extends RecordedDecision>(
    open: Statement,
    { from, to, merchantId }: RecordedRange,
    visit: Visit<Row>,
  ): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.query(open, [from, to, merchantId]);
      for (;;) {
        const page = await transaction.query<Row>(fetchRecorded);
        if (page.length === 0) return;
        await visit(page, transaction);
      }
    });
  }
}
