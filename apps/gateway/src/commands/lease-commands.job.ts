import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { CommandBell, CommandLeases } from './command-leases.service.ts';
import { CommandRepository, toCommandKeyText } from './command.repository.ts';
import { LeaseCommandsHandler } from './lease-commands.handler.ts';

/**
 * Leases due commands when the bell rings, and every poll interval for what another, dead process has left; prolongs
 * the leases of those that take long.
 */
@Injectable()
export class LeaseCommandsJob implements OnApplicationBootstrap, OnModuleDestroy {
  #renewal: NodeJS.Timeout | undefined;
  #isRenewing = false;

  constructor(
    private readonly leaseCommands: LeaseCommandsHandler,
    private readonly leases: CommandLeases,
    private readonly commands: CommandRepository,
    private readonly bell: CommandBell,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.bell.answerWith((stopping) => this.#run(stopping));
    this.#renewal = setInterval(() => void this.#renew(), this.settings.leaseMs / 6);
  }

  onModuleDestroy(): void {
    clearInterval(this.#renewal);
  }

  async #run(stopping: AbortSignal): Promise<void> {
    try {
      let more = true;
      while (more && !stopping.aborted) {
        more = await this.leaseCommands.leaseSome();
      }
    } catch (error) {
      this.log.warn('Due payment commands could not be leased, another try follows', { error });
    }
  }

  async #renew(): Promise<void> {
    const held = this.leases.toRenew().filter((leased) => this.leases.holds(leased));
    if (held.length === 0 || this.#isRenewing) {
      return;
    }
    this.#isRenewing = true;
    try {
      const askedAt = this.clock.read();
      const renewed = await this.commands.renewLeases(held, this.settings.leaseMs);
      held
        .filter((leased) => renewed.has(toCommandKeyText(leased)))
        .forEach((leased) => this.leases.renew(leased, askedAt));
    } catch (error) {
      this.log.warn('Leases of payment commands could not be renewed, another try follows', { error });
    } finally {
      this.#isRenewing = false;
    }
  }
}
