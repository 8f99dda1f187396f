import { Injectable } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { LeaseRenewal } from '../calls/lease-renewal.job.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { CommandLeases } from './command-leases.service.ts';
import { CommandRepository, toCommandKeyText } from './command.repository.ts';
import type { Command } from './command.types.ts';

/** Prolongs the leases of payment commands. */
@Injectable()
export class RenewCommandLeasesJob extends LeaseRenewal<Command> {
  constructor(
    leases: CommandLeases,
    private readonly commands: CommandRepository,
    clock: DatabaseClock,
    settings: CallSettings,
    log: Log,
  ) {
    super({ leases, clock, settings, log });
  }

  protected async renew(held: readonly Command[], leaseMs: number): Promise<readonly Command[]> {
    const renewed = await this.commands.renewLeases(held, leaseMs);
    return held.filter((command) => renewed.has(toCommandKeyText(command)));
  }
}
