import type { ServerResponse } from 'node:http';
import { KnownError } from '@tollgate/contracts';
import type { Counter } from 'prom-client';
import type { Metrics } from '../metrics/metrics.ts';

/** A refused caller is asked to come back after this time: what is in hand takes less than a second each. */
const RETRY_AFTER_SECONDS = 1;

/** One request's place among those in hand. */
export interface PlaceInHand {
  /** Gives the place back before the answer is sent: from now on the request only waits. Safe to repeat. */
  leave(): void;
}

/**
 * The admission limit of a service: so many requests are in hand at once, and one more is refused before its body is
 * read, so that those inside are served in time and memory stays flat. Only routes that ask for it are counted
 * (`@CountsInHand()`): probes, metrics and operators always get in.
 */
export class RequestsInHand {
  private count = 0;
  private readonly refused: Counter;

  /** @param max undefined: no limit, everything is only counted */
  constructor(
    private readonly max: number | undefined,
    metrics: Metrics,
  ) {
    const count = (): number => this.count;
    metrics.gauge({
      name: 'http_requests_in_hand',
      help: 'Requests of limited routes that were let in and have neither been answered nor begun to wait',
      collect() {
        this.set(count());
      },
    });
    this.refused = metrics.counter({
      name: 'http_requests_refused_total',
      help: 'Requests refused with 503 because as many as allowed were in hand',
    });
  }

  /**
   * Takes a place until the answer is sent or the connection breaks, unless it is left earlier.
   * @throws KnownError OVERLOADED when every place is taken
   */
  take(answer: ServerResponse): PlaceInHand {
    if (this.max !== undefined && this.count >= this.max) {
      this.refused.inc();
      throw new KnownError('OVERLOADED', { facts: { retryAfterSeconds: RETRY_AFTER_SECONDS } });
    }
    this.count += 1;
    let isInside = true;
    const leave = (): void => {
      if (isInside) {
        isInside = false;
        this.count -= 1;
      }
    };
    // Comes once for each answer, whole or broken off, whereas a finish may never come.
    answer.once('close', leave);
    return { leave };
  }
}
