import { Controller } from '@nestjs/common';
import { PaymentDisputeReported, type PaymentDisputeReportedData } from '@tollgate/contracts';
import { OnEvents, type EventBatch } from '@tollgate/messaging';
import { PostDisputesHandler } from './post-disputes.handler.ts';

/** Way in from Kafka: what webhooks said about disputes. */
@Controller()
export class PostDisputesConsumer {
  constructor(private readonly handler: PostDisputesHandler) {}

  @OnEvents(PaymentDisputeReported, {
    naturalKey: 'evidence is kept for ever and told apart by what it says',
    urgency: 'relaxed',
  })
  handle(batch: EventBatch<PaymentDisputeReportedData>): Promise<void> {
    return this.handler.handle(batch);
  }
}
