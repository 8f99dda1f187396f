import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { IncidentRepository } from '../incidents/incident.repository.ts';
import { toOrderId } from './command-progress.policy.ts';
import { toCommandResultEvent } from './command-result.event.ts';
import { CommandRepository } from './command.repository.ts';
import type { SettledCommand } from './command.types.ts';

/** Records what a command came to, only while its fence is still the caller's, with its result and incidents. */
@Injectable()
export class RecordCommandHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly commands: CommandRepository,
    private readonly incidents: IncidentRepository,
  ) {}

  /**
   * Resolves once it is durable: true, or false if the lease had been lost to somebody else.
   * @throws KnownError DATABASE_UNAVAILABLE, DATABASE_CONFLICT: retriable
   */
  async record({ command, incidents }: SettledCommand): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      if (!(await this.commands.record(tx, command))) {
        return false;
      }
      if (command.concludedAt !== null) {
        tx.emit(toCommandResultEvent(command));
      }
      await this.incidents.insert(
        tx,
        incidents.map((kind) => ({
          merchantId: command.merchantId,
          kind,
          subject: `command ${command.commandId}`,
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
