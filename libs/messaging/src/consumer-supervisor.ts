import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '@tollgate/platform';
import type { MessagingMetrics } from './messaging.metrics.ts';

const RECONNECT_MS = 500;
/** A client in trouble may not answer a stop; what it still does is fenced by the inbox. Milliseconds. */
const STOP_MS = 5_000;

/** A consumer from its start to its end. */
export interface SupervisedConsumer {
  /** Resolves when the consumer cannot go on: its client crashed, or the watchdog gave it up. */
  readonly broken: Promise<Error | undefined>;
  stop(): Promise<void>;
}

/** Keeps consumers running: tries until one starts, and starts it again whenever it breaks. */
export class ConsumerSupervisor {
  readonly #stopped = new AbortController();
  readonly #loops: Promise<void>[] = [];
  readonly #waiting = new Set<string>();

  constructor(
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
  ) {}

  /** Whether every consumer has reached the broker. Joining its group may take until a dead member is missed. */
  get isReady(): boolean {
    return this.#waiting.size === 0;
  }

  /** @param start rejects while the broker cannot be used */
  keepRunning(name: string, start: () => Promise<SupervisedConsumer>): void {
    this.#waiting.add(name);
    // Shown from the start: an alarm on a counter that is not there yet stays silent.
    this.metrics.consumerRestarts.inc({ consumer: name }, 0);
    this.#loops.push(this.#loop(name, start));
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.race([Promise.all(this.#loops), delay(STOP_MS, undefined, { ref: false })]);
  }

  async #loop(name: string, start: () => Promise<SupervisedConsumer>): Promise<void> {
    const stopping = new Promise<'stopping'>((resolve) => {
      this.#stopped.signal.addEventListener('abort', () => resolve('stopping'), { once: true });
    });
    while (!this.#stopped.signal.aborted) {
      try {
        const consumer = await start();
        this.#waiting.delete(name);
        const end = await Promise.race([stopping, consumer.broken]);
        if (end !== 'stopping') {
          this.#waiting.add(name);
          this.metrics.consumerRestarts.inc({ consumer: name });
          this.log.warn('A consumer is restarted', { name, error: end });
        }
        await Promise.race([consumer.stop(), delay(STOP_MS, undefined, { ref: false })]);
      } catch (error) {
        this.log.warn('The broker cannot be used yet', { name, delayMs: RECONNECT_MS, error });
        await delay(RECONNECT_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
      }
    }
  }
}
