import { PassThrough, type Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { ServiceLifetime } from '@tollgate/platform';
import { AttemptRepository } from '../attempts/attempt.repository.ts';
import { type AttemptFacts, FINAL_STATUSES, mergeFacts, statusOf } from '../attempts/attempt.states.ts';
import type { Attempt } from '../attempts/attempt.types.ts';
import { toStreamMessage } from './attempt-answer.policy.ts';
import { AttemptWatch } from './attempt-watch.service.ts';
import { Waiters } from './waiters.service.ts';

/** Proxies close what is silent for half a minute; a comment keeps the connection known to be alive. */
const HEARTBEAT_MS = 15_000;
/** A stream ends after this time; the browser comes back by itself and says what it saw last. */
const LIFE_MAX_MS = 15 * 60_000;
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000;
/** The same when as many wait as may: it asks from time to time instead. */
const RETRY_CROWDED_MS = 5_000;

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
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly watch: AttemptWatch,
    private readonly waiters: Waiters,
    private readonly lifetime: ServiceLifetime,
  ) {}

  /**
   * Beyond the limit of waiters the stream shows the state and ends, and the browser comes back after some seconds.
   * @returns undefined when the reader knows the outcome already: it need not come back
   * @throws KnownError ATTEMPT_NOT_FOUND, also for another merchant's attempt
   */
  async open(paymentAttemptId: string, reader: StreamReader): Promise<Readable | undefined> {
    const attempt = await this.attempts.findById(paymentAttemptId, reader.merchantId);
    if (attempt === undefined) {
      throw new KnownError('ATTEMPT_NOT_FOUND');
    }
    const status = statusOf(this.watch.withNews(attempt, attempt.facts));
    if (FINAL_STATUSES.includes(status) && reader.lastEventId === status) {
      return undefined;
    }
    return this.#stream(attempt, reader, this.waiters.enter('stream'));
  }

  /** @param endWait undefined: the stream ends when it has shown the state */
  #stream(attempt: Attempt, { until, lastEventId }: StreamReader, endWait: (() => void) | undefined): Readable {
    const stream = new PassThrough();
    const timers: NodeJS.Timeout[] = [];
    let facts = attempt.facts;
    let shown = lastEventId;
    const end = (): void => {
      timers.forEach((timer) => clearTimeout(timer));
      stream.end();
    };
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
    const unwatch = this.watch.watch(attempt, show);
    this.lifetime.stopping.addEventListener('abort', end, { once: true });
    stream.once('close', () => {
      endWait?.();
      unwatch();
      timers.forEach((timer) => clearTimeout(timer));
      this.lifetime.stopping.removeEventListener('abort', end);
    });
    timers.push(
      setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS),
      setTimeout(end, Math.max(0, Math.min(LIFE_MAX_MS, (until?.getTime() ?? Infinity) - Date.now()))),
    );
    stream.write(`retry: ${endWait === undefined ? RETRY_CROWDED_MS : RETRY_MS}\n\n`);
    // Watched first, then shown: news between the read and now are in memory.
    show(this.watch.withNews(attempt, attempt.facts));
    if (endWait === undefined || this.lifetime.stopping.aborted) {
      end();
    }
    return stream;
  }
}

/** The id is the status: whoever comes back with it has seen it. */
function toMessage(id: string, data: object): string {
  return `id: ${id}\nevent: attempt\ndata: ${JSON.stringify(data)}\n\n`;
}
