import { Injectable } from '@nestjs/common';
import { type ConcludeCommandBody, KnownError, type PaymentCommandAnswer } from '@tollgate/contracts';
import { EventTransactions } from '@tollgate/messaging';
import { ServiceLifetime } from '@tollgate/platform';
import { PaymentFinder } from '../calls/payment-finder.service.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { toCommandAnswer } from '../commands/command-answer-body.policy.ts';
import { CommandCalls } from '../commands/command-calls.service.ts';
import { CommandBell, CommandLeases } from '../commands/command-leases.service.ts';
import { CommandWatch } from '../commands/command-watch.service.ts';
import { CommandRepository } from '../commands/command.repository.ts';
import type { Command, PaymentSight } from '../commands/command.types.ts';
import { toSeeker, toSight, toWanted } from '../commands/created-payment.policy.ts';
import { RecordCommandHandler } from '../commands/record-command.handler.ts';
import { CallSettings } from '../gateway.config.ts';
import { PaymentOwnerRepository } from '../payments/payment-owner.repository.ts';
import { assertCommandStuck, concludeCommandByPerson } from './conclude-command.policy.ts';
import type { NewOperatorAction } from './operator-action.repository.ts';

interface Wish {
  readonly commandId: string;
  readonly merchantId: string | undefined;
  readonly body: ConcludeCommandBody;
  readonly by: string;
}

/**
 * Ends a command that stays open, as a person has found it out. It is leased like a step, its payment is read outside any
 * transaction, and the end is recorded under the lease's fence together with who said so.
 */
@Injectable()
export class ConcludeCommandHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly commands: CommandRepository,
    private readonly results: RecordCommandHandler,
    private readonly primer: CommandCalls,
    private readonly finder: PaymentFinder,
    private readonly owners: PaymentOwnerRepository,
    private readonly leases: CommandLeases,
    private readonly watch: CommandWatch,
    private readonly bell: CommandBell,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /**
   * @throws KnownError PAYMENT_COMMAND_NOT_FOUND, PAYMENT_COMMAND_CONCLUDED, PAYMENT_COMMAND_NOT_STUCK,
   *   CONTRADICTS_PROVIDER, PROVIDER_UNAVAILABLE
   */
  async conclude(wish: Wish): Promise<PaymentCommandAnswer> {
    const leased = await this.#lease(wish);
    try {
      const sight = leased.calls === 0 ? undefined : await this.#look(leased, wish.body);
      const command = concludeCommandByPerson(leased, wish.body, sight, this.clock.now());
      const settled = { command, incidents: [], key: 'not-asked' as const };
      if (!(await this.results.record(settled, [toDeed(wish, command)]))) {
        throw new KnownError('PAYMENT_COMMAND_NOT_STUCK', { detail: 'The command was taken up meanwhile: look again' });
      }
      this.watch.tell(command);
      return toCommandAnswer(command);
    } catch (error) {
      // Nothing came of it: the command waits as before.
      await this.results.record({ command: leased, incidents: [], key: 'not-asked' });
      throw error;
    } finally {
      this.leases.remove(leased);
      this.bell.ringIn(0);
    }
  }

  async #lease({ commandId, merchantId }: Wish): Promise<Command> {
    const askedAt = this.clock.read();
    const leased = await this.transactions.run(async (tx) => {
      const found = await this.commands.lock(tx, commandId, merchantId);
      if (found === undefined) {
        throw new KnownError('PAYMENT_COMMAND_NOT_FOUND');
      }
      assertCommandStuck(found.command, this.clock.now(), this.settings.commands);
      if (found.held) {
        const detail = 'Primer is being asked right now: try again in a moment';
        throw new KnownError('PAYMENT_COMMAND_NOT_STUCK', { detail });
      }
      const command = { ...found.command, fence: found.command.fence + 1 };
      await this.commands.hold(tx, [command], this.settings.leaseMs);
      return command;
    });
    this.leases.add(leased, askedAt);
    return leased;
  }

  async #look(command: Command, body: ConcludeCommandBody): Promise<PaymentSight> {
    const apiKey = await this.primer.findApiKey(command);
    if (apiKey === undefined) {
      return { kind: 'unavailable' };
    }
    const options = { merchantId: command.merchantId, apiKey, signal: this.lifetime.stopping };
    if (command.request.kind !== 'create') {
      return this.primer.readPayment(command.request.paymentId, options);
    }
    const named = (body.outcome === 'done' ? body.paymentId : undefined) ?? command.paymentId;
    if (named !== null) {
      const owned = await this.owners.findOwnedElsewhere(toSeeker(command), [named]);
      return owned.has(named) ? { kind: 'missing' } : this.primer.readPayment(named, options);
    }
    const wanted = toWanted(command);
    return wanted === undefined
      ? { kind: 'missing' }
      : toSight(await this.finder.find(toSeeker(command), wanted, options));
  }
}

function toDeed({ body, by }: Wish, { merchantId, commandId, state, paymentId }: Command): NewOperatorAction {
  const facts = { commandId, status: state, paymentId };
  return { kind: 'command-concluded', by, note: body.note, merchantId, facts };
}
