import { Controller } from '@nestjs/common';
import { AttemptConcluded, AttemptOutcomeUnknown, type AttemptConcludedData } from '@tollgate/contracts';
import { OnEvents, type EventBatch } from '@tollgate/messaging';
import { LinkAttemptsHandler } from './link-attempts.handler.ts';

/** Way in from Kafka: what became of attempts. */
@Controller()
export class LinkAttemptsConsumer {
  constructor(private readonly handler: LinkAttemptsHandler) {}

  @OnEvents(AttemptConcluded, {
    naturalKey: 'payments are kept for ever',
    urgency: 'relaxed',
    ignores: [AttemptOutcomeUnknown],
  })
  handle(batch: EventBatch<AttemptConcludedData>): Promise<void> {
    return this.handler.handle(batch);
  }
}
