import { Controller } from '@nestjs/common';
import { AttemptConcluded, type AttemptConcludedData, AttemptOutcomeUnknown } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { FollowOutcomesHandler } from './follow-outcomes.handler.ts';

/** What became at Primer of attempts that rules alone did not settle. */
@Controller()
export class FollowOutcomesConsumer {
  constructor(private readonly handler: FollowOutcomesHandler) {}

  @OnEvents(AttemptConcluded, {
    naturalKey: 'attempt_fate holds one row for each attempt and is kept for ever',
    ignores: [AttemptOutcomeUnknown],
    concerns: ({ decision }) => decision.source !== 'rules',
  })
  handle(batch: EventBatch<AttemptConcludedData>): Promise<void> {
    return this.handler.follow(batch);
  }
}
