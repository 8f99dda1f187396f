import { Controller } from '@nestjs/common';
import { AttemptDecided, type AttemptDecidedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { SettleAttemptHandler } from './settle-attempt.handler.ts';

/** Way in of decisions. */
@Controller()
export class SettleAttemptConsumer {
  constructor(private readonly settleAttempt: SettleAttemptHandler) {}

  @OnEvents(AttemptDecided, { naturalKey: 'attempt_action is kept for ever, one row for each attempt' })
  async handle(batch: EventBatch<AttemptDecidedData>): Promise<void> {
    await this.settleAttempt.settle(batch);
  }
}
