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

  // As prompt as the other type of its topic: a group of another urgency would know only one of the two.
  @OnEvents(PaymentCommandConcluded, { naturalKey: 'an approval takes its effect once' })
  settle(batch: EventBatch<PaymentCommandConcludedData>): Promise<void> {
    return this.handler.settle(batch);
  }
}
