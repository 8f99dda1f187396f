import { Controller } from '@nestjs/common';
import { AttemptTokenised, type AttemptTokenisedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { DecideAttemptsHandler } from './decide-attempts.handler.ts';

/** Attempts that await a decision. */
@Controller()
export class DecideAttemptsConsumer {
  readonly #handler: DecideAttemptsHandler;

  constructor(handler: DecideAttemptsHandler) {
    this.#handler = handler;
  }

  @OnEvents(AttemptTokenised, {
    naturalKey: 'decisions holds one row for each merchant and attempt and is kept for ever',
  })
  handle(batch: EventBatch<AttemptTokenisedData>): Promise<void> {
    return this.#handler.handle(batch);
  }
}
