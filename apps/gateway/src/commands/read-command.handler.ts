import { Injectable } from '@nestjs/common';
import { KnownError, type PaymentCommandAnswer, type Principal, toVisibleMerchant } from '@tollgate/contracts';
import { toCommandAnswer } from './command-answer-body.policy.ts';
import { CommandRepository } from './command.repository.ts';

/** Shows a command to the merchant it belongs to, and to operators. */
@Injectable()
export class ReadCommandHandler {
  constructor(private readonly commands: CommandRepository) {}

  /** @throws KnownError PAYMENT_COMMAND_NOT_FOUND, also for another merchant's */
  async read(commandId: string, principal: Principal, chosen: string | undefined): Promise<PaymentCommandAnswer> {
    const command = await this.commands.findOfAnybody(commandId, toVisibleMerchant(principal, chosen));
    if (command === undefined) {
      throw new KnownError('PAYMENT_COMMAND_NOT_FOUND');
    }
    return toCommandAnswer(command);
  }
}
