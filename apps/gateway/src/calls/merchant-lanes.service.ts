import { Injectable } from '@nestjs/common';
import { Metrics, Readiness, ServiceLifetime } from '@tollgate/platform';
import pLimit, { type LimitFunction } from 'p-limit';
import { DatabaseClock } from '../clock/database-clock.service.ts';
import type { Step } from '../actions/action.types.ts';
import type { Reading } from '../clock/stopwatch.policy.ts';
import { CallSettings } from '../gateway.config.ts';

/** Steps that may wait in memory for a slot, as a multiple of the slots: enough to never leave a slot empty. */
const WAITING_PER_SLOT = 8;

/** Why nothing of a merchant is called for a while. An open circuit holds back calls alone: searches have their own. */
export type PauseReason = 'key-refused' | 'circuit-open';

/** What a step is at Primer: a call about the attempt, or a search among payments, which only reads. */
export type Traffic = 'call' | 'search';

export function toTraffic(step: Step): Traffic {
  return step === 'find' ? 'search' : 'call';
}

interface Pause {
  readonly reason: PauseReason;
  readonly since: Reading;
  readonly lengthMs: number;
}

/**
 * A lane for each merchant: so many steps at the same time and no more, and only one now and then while its key is
 * refused. While its circuit is open that goes for its calls: what they came to is still searched for. A merchant whose
 * Primer is slow fills its own lane and blocks nobody else's.
 */
@Injectable()
export class MerchantLanes {
  readonly #lanes = new Map<string, LimitFunction>();
  /** Calls in each lane, waiting or under way; the rest of it are searches. */
  readonly #calls = new Map<string, number>();
  readonly #pauses = new Map<string, Pause>();

  constructor(
    private readonly settings: CallSettings,
    private readonly clock: DatabaseClock,
    private readonly lifetime: ServiceLifetime,
    readiness: Readiness,
    metrics: Metrics,
  ) {
    // A pause that has run out still counts as refused until an answer says otherwise.
    readiness.register('primer-keys', () => this.#pausedFor('key-refused').toSorted());
    const count = (reason: PauseReason) => this.#pausedFor(reason).length;
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

  /**
   * Steps of this merchant that may be leased now, never more calls than searches. While it is held back one step at a
   * time tries whether it works again.
   */
  room(merchantId: string, traffic: Traffic): number {
    if (this.lifetime.stopping.aborted) {
      return 0; // Rows that wait unleased are picked up at once by whoever runs next.
    }
    const lane = this.#lanes.get(merchantId);
    const taken = lane === undefined ? 0 : lane.activeCount + lane.pendingCount;
    const free = Math.max(0, this.settings.merchantCallsMax * (1 + WAITING_PER_SLOT) - taken);
    const pause = this.#pauses.get(merchantId);
    if (pause === undefined || (pause.reason === 'circuit-open' && traffic === 'search')) {
      return free;
    }
    const inHand = pause.reason === 'circuit-open' ? (this.#calls.get(merchantId) ?? 0) : taken;
    return inHand === 0 && this.clock.elapsedMs(pause.since) >= pause.lengthMs ? Math.min(1, free) : 0;
  }

  /** False while nothing of the merchant may go out at all: its key is refused, or the service stops. */
  letsThrough(merchantId: string): boolean {
    const isKeyRefused = this.reasonOf(merchantId) === 'key-refused';
    return !this.lifetime.stopping.aborted && (!isKeyRefused || this.room(merchantId, 'search') > 0);
  }

  /** Merchants of whom nothing of this kind can be leased now. */
  heldBack(traffic: Traffic): string[] {
    const known = new Set([...this.#lanes.keys(), ...this.#pauses.keys()]);
    return [...known].filter((merchantId) => this.room(merchantId, traffic) === 0);
  }

  /** Runs the work as soon as the merchant has a free slot. */
  async run(merchantId: string, traffic: Traffic, work: () => Promise<void>): Promise<void> {
    const lane = this.#lanes.get(merchantId) ?? pLimit(this.settings.merchantCallsMax);
    this.#lanes.set(merchantId, lane);
    this.#countCalls(merchantId, traffic, 1);
    await lane(work).finally(() => this.#countCalls(merchantId, traffic, -1));
  }

  /** Nothing of this merchant for a while, or no calls where its circuit is open; then one step tries again. */
  pause(merchantId: string, reason: PauseReason): void {
    const lengthMs = reason === 'key-refused' ? this.settings.actions.keyPauseMs : this.settings.circuitPauseMs;
    this.#pauses.set(merchantId, { since: this.clock.read(), lengthMs, reason });
  }

  /** Why the merchant is held back; undefined when it is not. */
  reasonOf(merchantId: string): PauseReason | undefined {
    return this.#pauses.get(merchantId)?.reason;
  }

  /** Primer answers the merchant's calls. */
  resume(merchantId: string): void {
    this.#pauses.delete(merchantId);
  }

  /** Primer takes the merchant's key, for a read or a command: of its approves and aborts that says nothing more. */
  noteKeyWorks(merchantId: string): void {
    if (this.reasonOf(merchantId) === 'key-refused') {
      this.resume(merchantId);
    }
  }

  #countCalls(merchantId: string, traffic: Traffic, change: 1 | -1): void {
    if (traffic === 'call') {
      this.#calls.set(merchantId, (this.#calls.get(merchantId) ?? 0) + change);
    }
  }

  #pausedFor(reason: PauseReason): string[] {
    return [...this.#pauses].filter(([, pause]) => pause.reason === reason).map(([merchantId]) => merchantId);
  }
}
