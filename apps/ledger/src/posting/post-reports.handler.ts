import { Injectable } from '@nestjs/common';
import { KnownError, type PaymentStatusReportedData } from '@tollgate/contracts';
import { type EventBatch, keepOfKnownMerchants } from '@tollgate/messaging';
import { MerchantDirectory } from '@tollgate/persistence';
import { LinkTracesHandler } from '../tracing/link-traces.handler.ts';
import { PostPaymentsHandler } from './post-payments.handler.ts';

/** Posts a batch of reported payment states. */
@Injectable()
export class PostReportsHandler {
  constructor(
    private readonly merchants: MerchantDirectory,
    private readonly post: PostPaymentsHandler,
    private readonly traces: LinkTracesHandler,
  ) {}

  /** Anybody may publish reports: one that names no merchant of ours, or two payments, becomes a dead letter. */
  async handle({ events, tx }: EventBatch<PaymentStatusReportedData>): Promise<void> {
    const reports: PaymentStatusReportedData[] = [];
    for (const { event } of await keepOfKnownMerchants(this.merchants, tx, events)) {
      const { paymentId, snapshot } = event.data;
      if (snapshot.paymentId !== paymentId) {
        const detail = 'The snapshot is of another payment than the event';
        tx.reject(event, new KnownError('RECORD_SCHEMA_INVALID', { detail, facts: { paymentId } }));
      } else {
        reports.push(event.data);
      }
    }
    if (reports.length > 0) await this.post.handle(tx, { reports, outcomes: [] });
    await this.traces.fromWebhooks(tx, events);
  }
}
