import { Injectable } from '@nestjs/common';
import { KnownError, type AttemptConcludedData } from '@tollgate/contracts';
import type { EventBatch } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { LinkTracesHandler } from '../tracing/link-traces.handler.ts';
import { PostPaymentsHandler, type ApprovedOutcome } from './post-payments.handler.ts';

/** Links payments to the attempts of ours that led to them. */
@Injectable()
export class LinkAttemptsHandler {
  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly post: PostPaymentsHandler,
    private readonly traces: LinkTracesHandler,
  ) {}

  async handle({ events, tx }: EventBatch<AttemptConcludedData>): Promise<void> {
    const outcomes: ApprovedOutcome[] = [];
    for (const event of events) {
      const { merchantId, outcome, paymentId } = event.data;
      if ((await this.merchants.find(merchantId)) === undefined) {
        tx.reject(event, new KnownError('MERCHANT_UNKNOWN', { facts: { merchantId } }));
      } else if (outcome === 'APPROVED' && paymentId !== undefined) {
        outcomes.push({ ...event.data, paymentId });
      }
    }
    if (outcomes.length > 0) await this.post.handle(tx, { reports: [], outcomes });
    await this.traces.fromAttempts(tx, events);
  }
}
