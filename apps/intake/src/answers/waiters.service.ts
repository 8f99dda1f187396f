import { Injectable } from '@nestjs/common';
import { Metrics } from '@tollgate/platform';
import { IntakeOptions } from '../intake-options.types.ts';

/** How somebody waits for an attempt's news: by a request that is held back, or by an event stream. */
export type WaitingWay = 'prefer' | 'stream';

/**
 * Who may wait on this instance. Waiting costs a connection and memory and no work, so it has a limit of its own: beyond
 * it a request gets its answer as things stand, and asks again later.
 */
@Injectable()
export class Waiters {
  readonly #inside: Record<WaitingWay, number> = { prefer: 0, stream: 0 };
  readonly #turnedAway;

  constructor(
    private readonly options: IntakeOptions,
    metrics: Metrics,
  ) {
    const inside = this.#inside;
    metrics.gauge({
      name: 'attempt_waiters',
      help: 'Requests and event streams that wait for news of an attempt',
      labelNames: ['way'],
      collect() {
        this.set({ way: 'prefer' }, inside.prefer);
        this.set({ way: 'stream' }, inside.stream);
      },
    });
    this.#turnedAway = metrics.counter({
      name: 'attempt_waits_declined_total',
      help: 'Waits that were answered at once because as many as allowed were waiting',
      labelNames: ['way'],
    });
  }

  /** @returns ends the wait, safe to call twice; undefined when as many as allowed wait already */
  enter(way: WaitingWay): (() => void) | undefined {
    const inside = this.#inside;
    if (inside.prefer + inside.stream >= this.options.waitersMax) {
      this.#turnedAway.inc({ way });
      return undefined;
    }
    inside[way] += 1;
    let isInside = true;
    return () => {
      if (isInside) {
        isInside = false;
        inside[way] -= 1;
      }
    };
  }
}
