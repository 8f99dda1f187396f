import { Injectable } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import type { RecordedDecision, RecordedRange } from './recorded-decision.types.ts';
import { fetchRecorded, openRecorded } from './sql/read-recorded.sql.ts';

/** Reads what was decided, page by page. */
@Injectable()
export class RecordedDecisionRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Hands every decision of the range to `visit`, in pages, as of one moment. A page that throws ends the reading. */
  async read(
    { from, to, merchantId }: RecordedRange,
    visit: (page: readonly RecordedDecision[]) => void | Promise<void>,
  ): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      await transaction.query(openRecorded, [from, to, merchantId]);
      for (;;) {
        const page = await transaction.query<RecordedDecision>(fetchRecorded);
        if (page.length === 0) return;
        await visit(page);
      }
    });
  }
}
