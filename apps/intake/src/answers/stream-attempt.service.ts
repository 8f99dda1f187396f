import { PassThrough, type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { Metrics, ServiceLifetime } from '@tollgate/platform';
import { AttemptRepository } from '../attempts/attempt.repository.ts';
import { type AttemptFacts, FINAL_STATUSES, mergeFacts, statusOf } from '../attempts/attempt.states.ts';
import type { Attempt } from '../attempts/attempt.types.ts';
import { toStreamMessage } from './attempt-answer.policy.ts';
import { AttemptWatch } from './attempt-watch.service.ts';

/** Proxies close what is silent for half a minute; a comment keeps the connection known to be alive. */
const HEARTBEAT_MS = 15_000;
/** A stream ends after this time; the browser comes back by itself and says what it saw last. */
const LIFE_MAX_MS = 15 * 60_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;
/** Streams of one instance. */
const STREAMS_MAX = 5_000;

/** Who may read, until when, and what it saw last. */
export interface StreamReader {
  /** undefined: an operator, for whom any merchant's attempt is shown. */
  readonly merchantId: string | undefined;
  readonly until?: Date;
  /** `Last-Event-ID`: the status that the reader knows already. */
  readonly lastEventId: string | undefined;
}

/** Server-sent events of one attempt: its state first, then each change, until the outcome. */
@Injectable()
export class StreamAttemptService {
  #streams = 0;

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly watch: AttemptWatch,
    private readonly lifetime: ServiceLifetime,
    metrics: Metrics,
  ) {
    const count = (): number => this.#streams;
    metrics.gauge({
      name: 'attempt_streams',
      help: 'Open event streams',
      collect() {
        this.set(count());
      },
    });
  }

  /**
   * @returns undefined when the reader knows the outcome already: it need not come back
   * @throws KnownError ATTEMPT_NOT_FOUND, also for another merchant's attempt; OVERLOADED
   */
  async open(paymentAttemptId: string, reader: StreamReader): Promise<Readable | undefined> {
    if (this.#streams >= STREAMS_MAX) {
      throw new KnownError('OVERLOADED', { facts: { retryAfterSeconds: 5 } });
    }
    const attempt = await this.attempts.findById(paymentAttemptId, reader.merchantId);
    if (attempt === undefined) {
      throw new KnownError('ATTEMPT_NOT_FOUND');
    }
    const status = statusOf(this.watch.withNews(attempt, attempt.facts));
    if (FINAL_STATUSES.includes(status) && reader.lastEventId === status) {
      return undefined;
    }
    return this.#stream(attempt, reader);
  }

  #stream(attempt: Attempt, { until, lastEventId }: StreamReader): Readable {
    const stream = new PassThrough();
    const timers: NodeJS.Timeout[] = [];
    let facts = attempt.facts;
    let shown = lastEventId;
    const end = (): void => void stream.end();
    const show = (news: AttemptFacts): void => {
      facts = mergeFacts(facts, news);
      const status = statusOf(facts);
      if (status !== shown && !stream.writableEnded) {
        shown = status;
        stream.write(toMessage(status, toStreamMessage(attempt, facts)));
      }
      if (FINAL_STATUSES.includes(status)) {
        end();
      }
    };
    this.#streams += 1;
    const unwatch = this.watch.watch(attempt, show);
    this.lifetime.stopping.addEventListener('abort', end, { once: true });
    stream.once('close', () => {
      this.#streams -= 1;
      unwatch();
      timers.forEach((timer) => clearTimeout(timer));
      this.lifetime.stopping.removeEventListener('abort', end);
    });
    timers.push(
      setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS),
      setTimeout(end, Math.max(0, Math.min(LIFE_MAX_MS, (until?.getTime() ?? Infinity) - Date.now()))),
    );
    stream.write(`retry: ${RETRY_MS}\n\n`);
    // Watched first, then shown: news between the read and now are in memory.
    show(this.watch.withNews(attempt, attempt.facts));
    if (this.lifetime.stopping.aborted) {
      end();
    }
    return stream;
  }
}

/** The id is the status: whoever comes back with it has seen it. */
function toMessage(id: string, data: object): string {
  return `id: ${id}\nevent: attempt\ndata: ${JSON.stringify(data)}\n\n`;
}
