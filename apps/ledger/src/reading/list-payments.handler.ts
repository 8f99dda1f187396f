import { Injectable } from '@nestjs/common';
import type { ListPaymentsQuery, PaymentListAnswer } from '@tollgate/contracts';
import { BooksRepository } from './books.repository.ts';
import { toPage } from './page-cursor.policy.ts';
import { toPaymentSummary } from './payment-answer.policy.ts';

/** Lists payments, newest first. */
@Injectable()
export class ListPaymentsHandler {
  constructor(private readonly books: BooksRepository) {}

  async handle(query: ListPaymentsQuery): Promise<PaymentListAnswer> {
    const found = await this.books.listPayments(query);
    const { rows, nextCursor } = toPage(found, query.limit, (row) => row.heard_order);
    return { data: rows.map(toPaymentSummary), nextCursor };
  }
}
