import { Injectable } from '@nestjs/common';
import type { DisputeListAnswer, ListDisputesQuery } from '@tollgate/contracts';
import { BooksRepository } from './books.repository.ts';
import { toDisputeAnswer } from './dispute-answer.policy.ts';
import { toDuePage } from './page-cursor.policy.ts';

/** Lists disputes, the one that has to be challenged soonest first. */
@Injectable()
export class ListDisputesHandler {
  constructor(private readonly books: BooksRepository) {}

  async handle(query: ListDisputesQuery): Promise<DisputeListAnswer> {
    const { rows, nextCursor } = toDuePage(await this.books.listDisputes(query), query.limit);
    return { data: rows.map(toDisputeAnswer), nextCursor };
  }
}
