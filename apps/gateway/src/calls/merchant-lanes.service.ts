import { Injectable } from '@nestjs/common';
import { Readiness, ServiceLifetime } from '@tollgate/platform';
import pLimit, { type LimitFunction } from 'p-limit';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CallSettings } from '../gateway.config.ts';

/** Steps that may wait in memory for a slot, as a multiple of the slots: enough to never leave a slot empty. */
const WAITING_PER_SLOT = 8;

interface Pause {
  readonly since: Reading;
  readonly lengthMs: number;
}

/**
 * A lane for each merchant: so many calls at the same time and no more, and none while its key is refused. A merchant
 * whose Primer is slow fills its own lane and blocks nobody else's.
 */
@Injectable()
export class MerchantLanes {
  readonly #lanes = new Map<string, LimitFunction>();
  readonly #pauses = new Map<string, Pause>();

  constructor(
    private readonly settings: CallSettings,
    private readonly clock: DatabaseClock,
    private readonly lifetime: ServiceLifetime,
    readiness: Readiness,
  ) {
    readiness.register('primer-keys', () => this.#assertNoKeyRefused());
  }

  /** Steps of this merchant that may be leased now. After a refused key one step at a time tries whether it works. */
  room(merchantId: string): number {
    if (this.lifetime.stopping.aborted) {
      return 0; // Rows that wait unleased are picked up at once by whoever runs next.
    }
    const lane = this.#lanes.get(merchantId);
    const taken = lane === undefined ? 0 : lane.activeCount + lane.pendingCount;
    const pause = this.#pauses.get(merchantId);
    if (pause === undefined) {
      return Math.max(0, this.settings.merchantCallsMax * (1 + WAITING_PER_SLOT) - taken);
    }
    return taken === 0 && this.clock.elapsedMs(pause.since) >= pause.lengthMs ? 1 : 0;
  }

  /** Merchants of whom nothing can be leased now. */
  heldBack(): string[] {
    const known = new Set([...this.#lanes.keys(), ...this.#pauses.keys()]);
    return [...known].filter((merchantId) => this.room(merchantId) === 0);
  }

  /** Runs the work as soon as the merchant has a free slot. */
  async run(merchantId: string, work: () => Promise<void>): Promise<void> {
    const lane = this.#lanes.get(merchantId) ?? pLimit(this.settings.merchantCallsMax);
    this.#lanes.set(merchantId, lane);
    await lane(work);
  }

  /** Primer refuses the merchant's key: nothing of this merchant for a while, then one round tries again. */
  pause(merchantId: string): void {
    this.#pauses.set(merchantId, { since: this.clock.read(), lengthMs: this.settings.actions.keyPauseMs });
  }

  /** The merchant's key works. */
  resume(merchantId: string): void {
    this.#pauses.delete(merchantId);
  }

  /** A pause that has run out still counts as refused until an answer says otherwise. */
  #assertNoKeyRefused(): void {
    if (this.#pauses.size > 0) {
      throw new Error(`Primer refuses the API key of ${this.#pauses.size} merchants`);
    }
  }
}
