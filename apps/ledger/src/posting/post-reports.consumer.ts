import { Controller } from '@nestjs/common';
import { PaymentStatusReported, type PaymentStatusReportedData } from '@tollgate/contracts';
import { OnEvents, type EventBatch } from '@tollgate/messaging';
import { PostReportsHandler } from './post-reports.handler.ts';

/** Way in from Kafka: what webhooks and reads said about payments. */
@Controller()
export class PostReportsConsumer {
  constructor(private readonly handler: PostReportsHandler) {}

  @OnEvents(PaymentStatusReported, {
    naturalKey: 'evidence is kept for ever and told apart by what it says',
    urgency: 'relaxed',
  })
  handle(batch: EventBatch<PaymentStatusReportedData>): Promise<void> {
    return this.handler.handle(batch);
  }
}
