import { Controller } from '@nestjs/common';
import { PaymentCommandRequested, type PaymentCommandRequestedData } from '@tollgate/contracts';
import { type EventBatch, OnEvents } from '@tollgate/messaging';
import { ReceiveCommandsHandler } from './receive-commands.handler.ts';

/** Way in of payment commands by Kafka. */
@Controller()
export class ReceiveCommandsConsumer {
  constructor(private readonly receiveCommands: ReceiveCommandsHandler) {}

  @OnEvents(PaymentCommandRequested, { naturalKey: 'payment_command is kept for ever, one row for each command' })
  async handle(batch: EventBatch<PaymentCommandRequestedData>): Promise<void> {
    await this.receiveCommands.receive(batch);
  }
}
