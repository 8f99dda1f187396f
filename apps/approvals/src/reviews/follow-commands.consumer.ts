import { Controller } from '@nestjs/common';
import {
  PaymentCommandConcluded,
  type PaymentCommandConcludedData,
  PaymentCommandHeld,
  type PaymentCommandHeldData,
} from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { FollowCommandsHandler } from './follow-commands.handler.ts';

/** Payment commands that wait for a person, and what became of them. */
@Controller()
export class FollowCommandsConsumer {
  constructor(private readonly handler: FollowCommandsHandler) {}

  @OnEvents(PaymentCommandHeld, { naturalKey: 'approval holds one review for each command' })
  open(batch: EventBatch<PaymentCommandHeldData>): Promise<void> {
    return this.handler.open(batch);
  }

  @OnEvents(PaymentCommandConcluded, {
    naturalKey: 'an approval takes its effect once',
    urgency: 'relaxed',
  })
  settle(batch: EventBatch<PaymentCommandConcludedData>): Promise<void> {
    return this.handler.settle(batch);
  }
}
