import { Injectable } from '@nestjs/common';
import type { AttemptListAnswer, AttemptSummary, ListAttemptsQuery } from '@tollgate/contracts';
import { AttemptListing, type ListedAttempt } from './attempt-listing.repository.ts';

/** Shows attempts of an order, of a customer, or the newest of all. */
@Injectable()
export class ListAttemptsHandler {
  constructor(private readonly listing: AttemptListing) {}

  /** @param query.merchantId whose attempts may be shown; absent: anybody's */
  async list(
    query: Omit<ListAttemptsQuery, 'merchantId'> & { merchantId: string | undefined },
  ): Promise<AttemptListAnswer> {
    // One more than is shown tells whether there is a next page.
    const found = await this.listing.find({ ...query, limit: query.limit + 1 });
    const shown = found.slice(0, query.limit);
    return {
      data: shown.map(toSummary),
      nextCursor: found.length > query.limit ? (shown.at(-1)?.line ?? null) : null,
    };
  }
}

function toSummary({ attempt, customerId }: ListedAttempt): AttemptSummary {
  return {
    paymentAttemptId: attempt.paymentAttemptId,
    merchantId: attempt.merchantId,
    status: attempt.status,
    receivedAt: attempt.clocks.receivedAt,
    order: { orderId: attempt.orderId, amount: { amountMinor: attempt.amountMinor, currency: attempt.currency } },
    customerId,
  };
}
