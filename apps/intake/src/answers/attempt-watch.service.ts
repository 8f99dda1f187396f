import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log, Metrics, ServiceLifetime } from '@tollgate/platform';
import { AttemptRepository } from '../attempts/attempt.repository.ts';
import { type AttemptFacts, mergeFacts, type RecordedOutcome } from '../attempts/attempt.states.ts';
import { type AttemptKey, keyText } from '../attempts/attempt.types.ts';

/** Told of every change of one attempt, with all that is known then. */
export type AttemptListener = (facts: AttemptFacts) => void;

/** Attempts whose last news are kept in memory: news reach this instance before, or beside, the database, by a second at most. */
const RECENT_MAX = 2_000;
/** News may pass an instance by (a consumer that is just rejoining): watched attempts are also read this often. */
const SWEEP_MS = 1_000;
/** Attempts read by one statement of the sweep. */
const SWEEP_BATCH = 500;

interface Watched {
  readonly key: AttemptKey;
  readonly listeners: Set<AttemptListener>;
}

/**
 * Who waits for news of which attempt, on this instance. An answer that waits registers here first and reads then, so
 * that nothing falls between.
 */
@Injectable()
export class AttemptWatch implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #watched = new Map<string, Watched>();
  readonly #recent = new Map<string, AttemptFacts>();
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #sweep: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly lifetime: ServiceLifetime,
    log: Log,
    metrics: Metrics,
  ) {
    this.#log = log.for('Watch');
    const watched = this.#watched;
    metrics.gauge({
      name: 'attempts_watched',
      help: 'Attempts for whose news a request or an event stream waits',
      collect() {
        this.set(watched.size);
      },
    });
  }

  onApplicationBootstrap(): void {
    this.#scheduleSweep();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#sweep;
  }

  /** @returns ends the watch; safe to call twice */
  watch(key: AttemptKey, listener: AttemptListener): () => void {
    const text = keyText(key);
    const watched = this.#watched.get(text) ?? { key, listeners: new Set<AttemptListener>() };
    this.#watched.set(text, watched);
    watched.listeners.add(listener);
    return () => {
      watched.listeners.delete(listener);
      if (watched.listeners.size === 0 && this.#watched.get(text) === watched) {
        this.#watched.delete(text);
      }
    };
  }

  /** News of an attempt, from wherever: merged with what was heard before, and handed to whoever waits. */
  hear(key: AttemptKey, facts: AttemptFacts): void {
    const text = keyText(key);
    const merged = mergeFacts(this.#recent.get(text) ?? {}, facts);
    this.#remember(text, merged);
    for (const listener of this.#watched.get(text)?.listeners ?? []) {
      listener(merged);
    }
  }

  /** What is stored together with what this instance has heard since: an answer never takes back an earlier one. */
  withNews(key: AttemptKey, stored: AttemptFacts): AttemptFacts {
    const recent = this.#recent.get(keyText(key));
    return recent === undefined ? stored : mergeFacts(stored, recent);
  }

  /**
   * Starts to wait for the outcome; `wait` ends with undefined when the time is over, the caller has gone or the
   * service stops.
   */
  waitForOutcome(
    key: AttemptKey,
    options: { waitMs: number; gone: AbortSignal },
  ): { wait: Promise<RecordedOutcome | undefined>; cancel: () => void } {
    const ended = Promise.withResolvers<RecordedOutcome | undefined>();
    const unwatch = this.watch(key, ({ outcome }) => {
      if (outcome !== undefined) {
        ended.resolve(outcome);
      }
    });
    const giveUp = (): void => ended.resolve(undefined);
    const timer = setTimeout(giveUp, options.waitMs);
    const signals = [options.gone, this.lifetime.stopping];
    for (const signal of signals) {
      signal.addEventListener('abort', giveUp, { once: true });
      if (signal.aborted) {
        giveUp();
      }
    }
    const wait = ended.promise.finally(() => {
      clearTimeout(timer);
      unwatch();
      signals.forEach((signal) => signal.removeEventListener('abort', giveUp));
    });
    return { wait, cancel: giveUp };
  }

  /** Attempts that somebody waits for. */
  get watchedCount(): number {
    return this.#watched.size;
  }

  #remember(text: string, facts: AttemptFacts): void {
    // Deleting first moves the key to the end: the oldest news are forgotten first.
    this.#recent.delete(text);
    this.#recent.set(text, facts);
    if (this.#recent.size > RECENT_MAX) {
      const [oldest] = this.#recent.keys();
      this.#recent.delete(oldest!);
    }
  }

  #scheduleSweep(): void {
    if (!this.#stopped) {
      this.#timer = setTimeout(() => {
        this.#sweep = this.#readWatched().finally(() => this.#scheduleSweep());
      }, SWEEP_MS);
    }
  }

  async #readWatched(): Promise<void> {
    const keys = [...this.#watched.values()].map(({ key }) => key);
    try {
      for (let start = 0; start < keys.length; start += SWEEP_BATCH) {
        for (const attempt of await this.attempts.find(keys.slice(start, start + SWEEP_BATCH))) {
          this.hear(attempt, attempt.facts);
        }
      }
    } catch (error) {
      this.#log.warn('Watched attempts could not be read, trying again', { error, count: keys.length });
    }
  }
}
