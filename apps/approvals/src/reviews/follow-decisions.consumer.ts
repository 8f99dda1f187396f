import { Controller } from '@nestjs/common';
import { AttemptDecided, type AttemptDecidedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { FollowDecisionsHandler } from './follow-decisions.handler.ts';

/** Decisions that ask for a person, and those by which somebody else ends what a person looks at. */
@Controller()
export class FollowDecisionsConsumer {
  constructor(private readonly handler: FollowDecisionsHandler) {}

  @OnEvents(AttemptDecided, {
    naturalKey: 'approval holds one review for each attempt, and attempt_fate one row',
    skipsOwn: "a reviewer's decision commits with its approval",
    concerns: ({ decision, source }) => decision === 'REVIEW' || source !== 'rules',
  })
  handle(batch: EventBatch<AttemptDecidedData>): Promise<void> {
    return this.handler.follow(batch);
  }
}
