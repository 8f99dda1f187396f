import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import { type NewOperatorAction, OperatorActionRepository } from '../steering/operator-action.repository.ts';
import { toOrderId } from './command-progress.policy.ts';
import { toCommandHeldEvent } from './command-held.event.ts';
import { toCommandResultEvent } from './command-result.event.ts';
import { CommandRepository } from './command.repository.ts';
import type { Command, SettledCommand } from './command.types.ts';
import { SettleHeldHandler } from './settle-held.handler.ts';

/** Records what a command came to, only while its fence is still the caller's, with its result and incidents. */
@Injectable()
export class RecordCommandHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly commands: CommandRepository,
    private readonly incidents: IncidentRepository,
    private readonly operatorActions: OperatorActionRepository,
    private readonly settleHeld: SettleHeldHandler,
  ) {}

  /**
   * Resolves once it is durable: true, or false if the lease had been lost to somebody else.
   * @param deeds what operators did to bring it about, written down with it
   * @throws KnownError DATABASE_UNAVAILABLE, DATABASE_CONFLICT: retriable
   */
  async record({ command, incidents }: SettledCommand, deeds: readonly NewOperatorAction[] = []): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      if (!(await this.commands.record(tx, command))) {
        return false;
      }
      if (command.concludedAt !== null) {
        tx.emit(toCommandResultEvent(command));
      }
      if (command.concludedAt !== null || command.state === 'HELD') {
        // It is nobody's doubt any more; what a person is to decide is told otherwise.
        await this.incidents.closeOfCommand(tx, command.merchantId, toSubject(command));
      }
      if (command.state === 'HELD') {
        tx.emit(toCommandHeldEvent(command));
        await this.settleHeld.settle(tx, [command]);
      }
      await this.operatorActions.insert(tx, deeds);
      await this.incidents.insert(
        tx,
        incidents.map((kind) => ({
          merchantId: command.merchantId,
          kind,
          subject: toSubject(command),
          attemptId: null,
          paymentId: command.paymentId,
          facts: {
            commandId: command.commandId,
            command: command.request.kind,
            orderId: toOrderId(command),
            amountMinor: command.amountMinor,
            lastAnswer: command.lastAnswer,
          },
        })),
      );
      return true;
    });
  }
}

function toSubject({ commandId }: Command): string {
  return `command ${commandId}`;
}
