import { setTimeout as pause } from 'node:timers/promises';
import type { OnModuleDestroy } from '@nestjs/common';
import type { Reading } from '../clock/stopwatch.policy.ts';
import type { Leases } from './leases.service.ts';

/** How long a stop waits for calls under way; the whole stop takes ten seconds at most. Milliseconds. */
const STOP_WAIT_MS = 3_000;

/** Carries out what was leased, right after the commit of its leases. */
export abstract class Dispatcher<Leased extends object> implements OnModuleDestroy {
  readonly #underWay = new Set<Promise<void>>();

  protected constructor(private readonly leases: Leases<Leased>) {}

  /** @param askedAt read before the statement that wrote the leases */
  dispatch(batch: readonly Leased[], askedAt: Reading): void {
    for (const leased of batch) {
      this.leases.add(leased, askedAt);
      const done = this.carryOut(leased).finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
    }
  }

  /** Calls under way get some time to end; nothing new is leased by then. What is cut off is fenced by its lease. */
  async onModuleDestroy(): Promise<void> {
    await Promise.race([Promise.allSettled(this.#underWay), pause(STOP_WAIT_MS, undefined, { ref: false })]);
  }

  protected abstract carryOut(leased: Leased): Promise<void>;
}
