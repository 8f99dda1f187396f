import { Injectable } from '@nestjs/common';
import { KnownError, type OperatorNoteBody, type PaymentCommandAnswer } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { toCommandAnswer } from '../commands/command-answer-body.policy.ts';
import { CommandBell } from '../commands/command-leases.service.ts';
import { CommandRepository } from '../commands/command.repository.ts';
import { OperatorActionRepository } from './operator-action.repository.ts';

/** Takes an open command's next step now instead of after its pause. Which step it is stays the policies' word. */
@Injectable()
export class LookAgainAtCommandHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly commands: CommandRepository,
    private readonly operatorActions: OperatorActionRepository,
    private readonly bell: CommandBell,
  ) {}

  /** @throws KnownError PAYMENT_COMMAND_NOT_FOUND, PAYMENT_COMMAND_CONCLUDED */
  async lookAgain(
    commandId: string,
    { merchantId, note, by }: Required<OperatorNoteBody> & { merchantId: string | undefined },
  ): Promise<PaymentCommandAnswer> {
    return this.transactions.run(async (tx) => {
      const found = await this.commands.lock(tx, commandId, merchantId);
      if (found === undefined) {
        throw new KnownError('PAYMENT_COMMAND_NOT_FOUND');
      }
      const { command, held } = found;
      if (command.concludedAt !== null) {
        throw new KnownError('PAYMENT_COMMAND_CONCLUDED', { facts: { status: command.state } });
      }
      // What waits for a second person has no step to take: it is due when that time is over.
      if (!held && command.state !== 'HELD') {
        await this.commands.makeDue(tx, command);
      }
      const facts = { commandId, status: command.state };
      const about = { merchantId: command.merchantId, facts };
      await this.operatorActions.insert(tx, [{ kind: 'command-looked-again', by, note, ...about }]);
      tx.afterCommit(() => this.bell.ringIn(0));
      return toCommandAnswer(command);
    });
  }
}
