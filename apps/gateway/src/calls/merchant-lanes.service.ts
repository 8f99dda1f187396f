import { Injectable } from '@nestjs/common';
import { Metrics, Readiness, ServiceLifetime } from '@tollgate/platform';
import pLimit, { type LimitFunction } from 'p-limit';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CallSettings } from '../gateway.config.ts';

/** Steps that may wait in memory for a slot, as a multiple of the slots: enough to never leave a slot empty. */
const WAITING_PER_SLOT = 8;

/** Why nothing of a merchant is called for a while. */
export type PauseReason = 'key-refused' | 'circuit-open';

interface Pause {
  readonly reason: PauseReason;
  readonly since: Reading;
  readonly lengthMs: number;
}

/**
 * A lane for each merchant: so many calls at the same time and no more, and only one now and then while its key is
 * refused or its circuit is open. A merchant whose Primer is slow fills its own lane and blocks nobody else's.
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
    metrics: Metrics,
  ) {
    readiness.register('primer-keys', () => this.#assertSomeKeyWorks());
    const count = (reason: PauseReason) => this.#count(reason);
    metrics.gauge({
      name: 'gateway_merchants_held_back',
      help: 'Merchants whose calls are held back, but for a try now and then: key refused, or circuit open',
      labelNames: ['reason'],
      collect() {
        this.set({ reason: 'key-refused' }, count('key-refused'));
        this.set({ reason: 'circuit-open' }, count('circuit-open'));
      },
    });
  }

  /** Steps of this merchant that may be leased now. While it is held back one step at a time tries whether it works again. */
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

  /** Nothing of this merchant for a while, then one step tries again. */
  pause(merchantId: string, reason: PauseReason): void {
    const lengthMs = reason === 'key-refused' ? this.settings.actions.keyPauseMs : this.settings.circuitPauseMs;
    this.#pauses.set(merchantId, { since: this.clock.read(), lengthMs, reason });
  }

  /** Why the merchant is held back; undefined when it is not. */
  reasonOf(merchantId: string): PauseReason | undefined {
    return this.#pauses.get(merchantId)?.reason;
  }

  /** Primer answers the merchant. */
  resume(merchantId: string): void {
    this.#pauses.delete(merchantId);
  }

  /**
   * One merchant's refused key is an incident and no matter of readiness, which is everybody's. A pause that has run out
   * still counts as refused until an answer says otherwise.
   */
  #assertSomeKeyWorks(): void {
    const refused = this.#count('key-refused');
    const known = new Set([...this.#lanes.keys(), ...this.#pauses.keys()]);
    if (refused > 0 && refused === known.size) {
      throw new Error('Primer refuses the API key of every merchant that it was called for');
    }
  }

  #count(reason: PauseReason): number {
    return [...this.#pauses.values()].filter((pause) => pause.reason === reason).length;
  }
}
