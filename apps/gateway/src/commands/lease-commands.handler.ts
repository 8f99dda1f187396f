import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { CommandDispatcher } from './command-dispatcher.service.ts';
import { CommandLanes } from './command-lanes.service.ts';
import { takeUp } from './command-progress.policy.ts';
import { CommandRepository } from './command.repository.ts';
import { SettleHeldHandler } from './settle-held.handler.ts';

/** Due commands that are looked at in one transaction. */
const LEASE_BATCH_MAX = 100;

/**
 * Leases due commands, what a dead process held included, and hands them over after the commit. What has waited for a
 * second person in vain ends here.
 */
@Injectable()
export class LeaseCommandsHandler {
  constructor(
    private readonly transactions: EventTransactions,
    private readonly commands: CommandRepository,
    private readonly lanes: CommandLanes,
    private readonly dispatcher: CommandDispatcher,
    private readonly settleHeld: SettleHeldHandler,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
  ) {}

  /** True if more may be due. */
  async leaseSome(): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const due = await this.commands.lockDue(tx, LEASE_BATCH_MAX, this.lanes.heldBack());
      const askedAt = this.clock.read();
      const now = this.clock.now();
      const room = new Map<string, number>();
      const overdue = due.filter(({ state }) => state === 'HELD');
      await this.settleHeld.expire(tx, overdue);
      const taken = due
        .filter(({ state }) => state !== 'HELD')
        .filter(({ merchantId }) => {
          const left = room.get(merchantId) ?? this.lanes.room(merchantId);
          room.set(merchantId, left - 1);
          return left > 0;
        })
        .map((command) => takeUp(command, now));
      if (taken.length > 0) {
        await this.commands.hold(tx, taken, this.settings.leaseMs);
        tx.afterCommit(() => this.dispatcher.dispatch(taken, askedAt));
      }
      return due.length === LEASE_BATCH_MAX && taken.length + overdue.length > 0;
    });
  }
}
