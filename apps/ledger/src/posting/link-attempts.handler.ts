import { Injectable } from '@nestjs/common';
import type { AttemptConcludedData } from '@tollgate/contracts';
import { type EventBatch, keepOfKnownMerchants } from '@tollgate/messaging';
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
    const kept = await keepOfKnownMerchants(this.merchants, tx, events);
    const outcomes = kept.flatMap(({ event: { data } }): ApprovedOutcome[] => {
      const { outcome, paymentId } = data;
      return outcome === 'APPROVED' && paymentId !== undefined ? [{ ...data, paymentId }] : [];
    });
    if (outcomes.length > 0) await this.post.handle(tx, { reports: [], outcomes });
    await this.traces.fromAttempts(tx, events);
  }
}
