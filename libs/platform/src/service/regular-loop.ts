import type { Log } from '../logs/log.ts';

export interface RegularLoopOptions {
  readonly everyMs: number;
  /** Work of many batches ends between two of them once `stopping` is aborted. */
  readonly round: (stopping: AbortSignal) => Promise<void>;
  readonly log: Log;
  /** What is logged of a round that failed: nothing is lost by waiting for the next one. */
  readonly failure: string;
}

/** Work that can always wait for the next time, as tidying up; it keeps no process alive. One round at a time. */
export class RegularLoop {
  readonly #options: RegularLoopOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  constructor(options: RegularLoopOptions) {
    this.#options = options;
  }

  /** Aborted once the loop shall end. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  /** The first round comes after the first interval. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#round ??= this.#runRound().finally(() => {
        this.#round = undefined;
      });
    }, this.#options.everyMs).unref();
  }

  /** Ends it; resolves when no round is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearInterval(this.#timer);
    await this.#round;
  }

  async #runRound(): Promise<void> {
    const { round, log, failure } = this.#options;
    try {
      await round(this.#stopping.signal);
    } catch (error) {
      log.warn(failure, { error });
    }
  }
}
