import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { failpoint, Log } from '@tollgate/platform';
import { ActionRepository, toActionKeyText } from '../actions/action.repository.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import { CallSettings } from '../gateway.config.ts';
import { Leases } from './leases.service.ts';

/** Prolongs the leases of calls that take long; a process that is dead or stopped prolongs nothing and is succeeded. */
@Injectable()
export class RenewLeasesJob implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(
    private readonly leases: Leases,
    private readonly actions: ActionRepository,
    private readonly clock: DatabaseClock,
    private readonly settings: CallSettings,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#renew(), this.settings.leaseMs / 6);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  async #renew(): Promise<void> {
    const steps = this.leases.toRenew().filter((leased) => this.leases.holds(leased));
    if (steps.length === 0 || this.#running) {
      return;
    }
    this.#running = true;
    try {
      const askedAt = this.clock.read();
      const keys = steps.map(({ action }) => action);
      const held = await this.actions.renewLeases(keys, this.settings.leaseMs);
      failpoint('renewal.after-commit');
      for (const leased of steps) {
        if (held.has(toActionKeyText(leased.action))) {
          this.leases.renew(leased, askedAt);
        }
      }
    } catch (error) {
      this.log.warn('Leases could not be renewed, another try follows', { error });
    } finally {
      this.#running = false;
    }
  }
}
