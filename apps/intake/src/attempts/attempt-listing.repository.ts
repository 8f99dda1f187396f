import { Injectable } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { type AttemptRow, toAttempt } from './attempt.repository.ts';
import type { Attempt } from './attempt.types.ts';
import { listAttemptsOfCustomer, listAttemptsOfOrder, listNewestAttempts } from './sql/list-attempts.sql.ts';

/** What is looked for; at most one of order and customer. */
export interface ListingTerms {
  readonly merchantId: string | undefined;
  readonly orderId?: string | undefined;
  readonly customerId?: string | undefined;
  /** The line of the last attempt of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** An attempt as it is listed. */
export interface ListedAttempt {
  readonly attempt: Attempt;
  readonly customerId: string | null;
  readonly line: string;
}

/** By what people look attempts up; written together with the attempts themselves. */
@Injectable()
export class AttemptListing {
  constructor(private readonly database: Database) {}

  async find({ merchantId, orderId, customerId, cursor, limit }: ListingTerms): Promise<ListedAttempt[]> {
    const statement =
      orderId !== undefined
        ? listAttemptsOfOrder
        : customerId !== undefined
          ? listAttemptsOfCustomer
          : listNewestAttempts;
    const rows = await this.database.query<AttemptRow & { line: string; customer_id: string | null }>(statement, [
      merchantId ?? null,
      cursor ?? null,
      limit,
      orderId ?? customerId ?? null,
    ]);
    return rows.map((row) => ({ attempt: toAttempt(row), customerId: row.customer_id, line: row.line }));
  }
}
