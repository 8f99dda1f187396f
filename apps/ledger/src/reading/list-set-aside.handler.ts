import { Injectable } from '@nestjs/common';
import type { ListSetAsideQuery, SetAsideListAnswer, SetAsideWebhookAnswer } from '@tollgate/contracts';
import { BooksRepository, type SetAsideRow } from './books.repository.ts';
import { toPage } from './page-cursor.policy.ts';

/** Lists webhooks that were signed but not believed. Their bodies stay in the database: they may hold personal data. */
@Injectable()
export class ListSetAsideHandler {
  constructor(private readonly books: BooksRepository) {}

  async handle(query: ListSetAsideQuery): Promise<SetAsideListAnswer> {
    const { rows, nextCursor } = toPage(await this.books.listSetAside(query), query.limit, (row) => row.delivery_id);
    return { data: rows.map(toSetAsideAnswer), nextCursor };
  }
}

function toSetAsideAnswer(row: SetAsideRow): SetAsideWebhookAnswer {
  return {
    deliveryId: row.delivery_id,
    merchantId: row.merchant_id,
    verdict: row.verdict,
    reason: row.reason,
    reportedAs: row.reported_as,
    paymentId: row.payment_id,
    signedAt: row.signed_at?.toISOString() ?? null,
    receivedAt: row.received_at.toISOString(),
    bodyBytes: row.body_bytes,
  };
}
