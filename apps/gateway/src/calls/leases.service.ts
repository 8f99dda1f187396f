import { Injectable } from '@nestjs/common';
import type { Action, Step } from '../actions/action.types.ts';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CallSettings } from '../gateway.config.ts';

/** A step that this process holds the lease of. */
export interface LeasedStep {
  readonly action: Action;
  readonly step: Step;
}

interface Held<Leased> {
  readonly leased: Leased;
  /** Read before the lease was written or renewed: by this clock the lease ends no later than in the database. */
  heldSince: Reading;
}

/** The leases of this process. A lease that may have run out counts as lost: its holder starts nothing any more. */
@Injectable()
export class Leases<Leased extends object = LeasedStep> {
  readonly #held = new Map<Leased, Held<Leased>>();

  constructor(
    private readonly settings: CallSettings,
    private readonly clock: DatabaseClock,
  ) {}

  /** @param askedAt read before the statement that wrote the lease */
  add(leased: Leased, askedAt: Reading): void {
    this.#held.set(leased, { leased, heldSince: askedAt });
  }

  /** @param askedAt read before the statement that renewed the lease */
  renew(leased: Leased, askedAt: Reading): void {
    const held = this.#held.get(leased);
    if (held !== undefined) {
      held.heldSince = askedAt;
    }
  }

  remove(leased: Leased): void {
    this.#held.delete(leased);
  }

  holds(leased: Leased): boolean {
    const held = this.#held.get(leased);
    return held !== undefined && this.clock.elapsedMs(held.heldSince) < this.settings.leaseMs;
  }

  /** Leases that have run for a third of their length or longer. */
  toRenew(): Leased[] {
    return [...this.#held.values()]
      .filter(({ heldSince }) => this.clock.elapsedMs(heldSince) * 3 >= this.settings.leaseMs)
      .map(({ leased }) => leased);
  }
}
