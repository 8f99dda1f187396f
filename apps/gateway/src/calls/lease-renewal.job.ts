import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Log } from '@tollgate/platform';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import type { CallSettings } from '../gateway.config.ts';
import type { Leases } from './leases.service.ts';

/** What a renewal works with. */
export interface RenewalParts<Leased extends object> {
  readonly leases: Leases<Leased>;
  readonly clock: DatabaseClock;
  readonly settings: CallSettings;
  readonly log: Log;
}

/**
 * Prolongs the leases of calls that take long, also of those that a stop waits for; a process that is dead or stopped
 * prolongs nothing and is succeeded.
 */
export abstract class LeaseRenewal<Leased extends object> implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #isRenewing = false;

  protected constructor(private readonly parts: RenewalParts<Leased>) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.#renewDue(), this.parts.settings.leaseMs / 6);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  /** Writes it down. Returns those whose lease was still ours. */
  protected abstract renew(held: readonly Leased[], leaseMs: number): Promise<readonly Leased[]>;

  async #renewDue(): Promise<void> {
    const { leases, clock, settings, log } = this.parts;
    const held = leases.toRenew().filter((leased) => leases.holds(leased));
    if (held.length === 0 || this.#isRenewing) {
      return;
    }
    this.#isRenewing = true;
    try {
      const askedAt = clock.read();
      const renewed = await this.renew(held, settings.leaseMs);
      renewed.forEach((leased) => leases.renew(leased, askedAt));
    } catch (error) {
      log.warn('Leases could not be renewed, another try follows', { error });
    } finally {
      this.#isRenewing = false;
    }
  }
}
