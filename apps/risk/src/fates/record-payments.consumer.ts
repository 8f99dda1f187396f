import { Controller } from '@nestjs/common';
import {
  PaymentDisputeReported,
  type PaymentDisputeReportedData,
  PaymentStatusReported,
  type PaymentStatusReportedData,
} from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { RecordFatesHandler } from './record-fates.handler.ts';

const naturalKey = 'payment_fates are merged: the same news changes nothing';

/** What webhooks and reads said about payments and their disputes. */
@Controller()
export class RecordPaymentsConsumer {
  readonly #handler: RecordFatesHandler;

  constructor(handler: RecordFatesHandler) {
    this.#handler = handler;
  }

  @OnEvents(PaymentStatusReported, { naturalKey, urgency: 'relaxed' })
  handleStatuses(batch: EventBatch<PaymentStatusReportedData>): Promise<void> {
    return this.#handler.recordStatuses(batch);
  }

  @OnEvents(PaymentDisputeReported, { naturalKey, urgency: 'relaxed' })
  handleDisputes(batch: EventBatch<PaymentDisputeReportedData>): Promise<void> {
    return this.#handler.recordDisputes(batch);
  }
}
