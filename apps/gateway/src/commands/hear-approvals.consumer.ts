import { Controller } from '@nestjs/common';
import { ApprovalChanged, type ApprovalChangedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { SettleHeldHandler } from './settle-held.handler.ts';

/** Way in of what people decide about commands that wait for them. */
@Controller()
export class HearApprovalsConsumer {
  constructor(private readonly settleHeld: SettleHeldHandler) {}

  @OnEvents(ApprovalChanged, { naturalKey: 'command_verdict keeps the first last word about each command for ever' })
  async handle(batch: EventBatch<ApprovalChangedData>): Promise<void> {
    await this.settleHeld.hear(batch);
  }
}
