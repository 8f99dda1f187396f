import { Controller } from '@nestjs/common';
import { AttemptConcluded, type AttemptConcludedData, AttemptOutcomeUnknown } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { RecordFatesHandler } from './record-fates.handler.ts';

/** What became of attempts at the provider. */
@Controller()
export class RecordOutcomesConsumer {
  readonly #handler: RecordFatesHandler;

  constructor(handler: RecordFatesHandler) {
    this.#handler = handler;
  }

  @OnEvents(AttemptConcluded, {
    naturalKey: 'attempt_outcomes holds one row for each attempt and says what was counted of it',
    urgency: 'relaxed',
    ignores: [AttemptOutcomeUnknown],
  })
  handle(batch: EventBatch<AttemptConcludedData>): Promise<void> {
    return this.#handler.recordOutcomes(batch);
  }
}
