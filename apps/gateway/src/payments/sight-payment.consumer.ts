import { Controller } from '@nestjs/common';
import { PaymentDisputeReported, PaymentStatusReported, type PaymentStatusReportedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { SightPaymentHandler } from './sight-payment.handler.ts';

/** Way in of payments as webhooks and reads report them. */
@Controller()
export class SightPaymentConsumer {
  constructor(private readonly sightPayment: SightPaymentHandler) {}

  @OnEvents(PaymentStatusReported, {
    naturalKey: 'payment_sighting keeps the first report of each payment for ever',
    urgency: 'relaxed',
    ignores: [PaymentDisputeReported],
  })
  async handle(batch: EventBatch<PaymentStatusReportedData>): Promise<void> {
    await this.sightPayment.sight(batch);
  }
}
