import type { Log } from '../logs/log.ts';

/** What another instance, or a later event, made due is noticed within this time. */
const POLL_MS = 500;
/** Two rounds are at least this far apart: a row that somebody holds must not make us spin. */
const PAUSE_MIN_MS = 10;

export interface DueLoopOptions {
  /**
   * Does what is due. Work of many batches ends between two of them once `stopping` is aborted.
   * @returns milliseconds until the next thing is due; undefined when none is known
   */
  readonly round: (stopping: AbortSignal) => Promise<number | undefined>;
  readonly log: Log;
  /** What is logged of a round that failed; the next one follows at the usual pace. */
  readonly failure: string;
}

/** Work with due times, done round by round: sleeps until the next is due, or half a second, whichever comes first. */
export class DueLoop {
  readonly #options: DueLoopOptions;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();

  constructor(options: DueLoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#schedule(0);
  }

  /** Ends it; resolves when no round is under way any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    clearTimeout(this.#timer);
    await this.#round;
  }

  #schedule(delayMs: number): void {
    if (!this.#stopping.signal.aborted) {
      this.#timer = setTimeout(() => {
        this.#round = this.#runRound();
      }, delayMs);
    }
  }

  async #runRound(): Promise<void> {
    const { round, log, failure } = this.#options;
    let delayMs = POLL_MS;
    try {
      const nextMs = (await round(this.#stopping.signal)) ?? POLL_MS;
      delayMs = Math.min(POLL_MS, Math.max(PAUSE_MIN_MS, Math.ceil(nextMs)));
    } catch (error) {
      log.warn(failure, { error, delayMs });
    }
    this.#schedule(delayMs);
  }
}

/** Repeats a batch for as long as it says that there may be more, and nobody wants to stop. */
export async function repeatWhileMore(stopping: AbortSignal, batch: () => Promise<boolean>): Promise<void> {
  while (!stopping.aborted && (await batch())) {
    // A full batch: there may be more.
  }
}
