import { Controller } from '@nestjs/common';
import { AttemptTokenised, type AttemptTokenisedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { AdoptAttemptsHandler } from './adopt-attempts.handler.ts';

/** Attempts that others publish straight to the topic. */
@Controller()
export class AdoptAttemptsConsumer {
  constructor(private readonly handler: AdoptAttemptsHandler) {}

  @OnEvents(AttemptTokenised, {
    naturalKey: 'attempts are told apart by merchant and id, and kept for ever',
    urgency: 'relaxed',
    skipsOwn: 'an attempt that was posted is stored in the transaction that announces it',
  })
  handle(batch: EventBatch<AttemptTokenisedData>): Promise<void> {
    return this.handler.adopt(batch);
  }
}
