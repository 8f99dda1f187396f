import { Injectable } from '@nestjs/common';
import type { AttemptConcludedData, PaymentDisputeReportedData, PaymentStatusReportedData } from '@tollgate/contracts';
import type { EventBatch } from '@tollgate/messaging';
import { toDisputedFate, toReportedFate } from './fate.policy.ts';
import { FateRepository } from './fate.repository.ts';

/** Records what became of attempts and their payments, for the next attempts of the same card or customer. */
@Injectable()
export class RecordFatesHandler {
  readonly #fates: FateRepository;

  constructor(fates: FateRepository) {
    this.#fates = fates;
  }

  async recordOutcomes({ events, tx }: EventBatch<AttemptConcludedData>): Promise<void> {
    await this.#fates.recordOutcomes(
      tx,
      events.map(({ data }) => data),
    );
  }

  async recordStatuses({ events, tx }: EventBatch<PaymentStatusReportedData>): Promise<void> {
    await this.#fates.mergePayments(
      tx,
      events.map(({ data }) => toReportedFate(data)),
    );
  }

  async recordDisputes({ events, tx }: EventBatch<PaymentDisputeReportedData>): Promise<void> {
    const fates = events.map(({ data }) => toDisputedFate(data)).filter((fate) => fate !== undefined);
    if (fates.length > 0) await this.#fates.mergePayments(tx, fates);
  }
}
