import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CallSettings } from '../gateway.config.ts';

/** Takes what is due, all of it, or what it can before the stop. Never rejects. */
type Round = (stopping: AbortSignal) => Promise<void>;

/**
 * Tells the job that leases what is due when the next of it is, so that it need not ask the database often. One round
 * runs at a time; what rings meanwhile is answered right after it, else the next one follows after the poll interval.
 */
@Injectable()
export class DueBell implements OnModuleDestroy {
  readonly #stop = new AbortController();
  #round: Round | undefined;
  #running: Promise<void> | undefined;
  #rangMeanwhile = false;
  #timer: NodeJS.Timeout | undefined;
  #ringsAtMs = Number.POSITIVE_INFINITY;

  constructor(private readonly settings: CallSettings) {}

  /** Rings at once, and from then on. @param round called when something is due; there is one */
  answerWith(round: Round): void {
    this.#round = round;
    this.ringIn(0);
  }

  /** Rings after this time, or earlier if that is asked for elsewhere. */
  ringIn(delayMs: number): void {
    const atMs = performance.now() + Math.max(0, delayMs);
    if (atMs >= this.#ringsAtMs || this.#stop.signal.aborted) {
      return;
    }
    this.#ringsAtMs = atMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#ringsAtMs = Number.POSITIVE_INFINITY;
      this.#ring();
    }, delayMs);
  }

  /** The round that is running comes to its end first. */
  async onModuleDestroy(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #ring(): void {
    if (this.#running !== undefined) {
      this.#rangMeanwhile = true;
      return;
    }
    this.#rangMeanwhile = false;
    this.#running = this.#round?.(this.#stop.signal).finally(() => {
      this.#running = undefined;
      this.ringIn(this.#rangMeanwhile ? 0 : this.settings.duePollMs);
    });
  }
}
