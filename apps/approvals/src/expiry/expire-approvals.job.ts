import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { ExpireApprovalsHandler } from './expire-approvals.handler.ts';

/** An approval that another instance, or a later event, brought in is noticed within this time. */
const POLL_MS = 500;
/** Two rounds are at least this far apart: a row that somebody is deciding must not make us spin. */
const PAUSE_MIN_MS = 10;

/** Sleeps until the next approval is over, or half a second, whichever comes first. */
@Injectable()
export class ExpireApprovalsJob implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(
    private readonly handler: ExpireApprovalsHandler,
    log: Log,
  ) {
    this.#log = log.for('Expiry');
  }

  onApplicationBootstrap(): void {
    this.#schedule(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  #schedule(delayMs: number): void {
    if (!this.#stopped) {
      this.#timer = setTimeout(() => {
        this.#round = this.#runRound();
      }, delayMs);
    }
  }

  async #runRound(): Promise<void> {
    let delayMs = POLL_MS;
    try {
      while (!this.#stopped && (await this.handler.expireOverdue())) {
        // A full batch: there may be more.
      }
      const next = await this.handler.findNextDelayMs();
      delayMs = Math.min(POLL_MS, Math.max(PAUSE_MIN_MS, Math.ceil(next ?? POLL_MS)));
    } catch (error) {
      this.#log.warn('Approvals whose time is over could not be ended, trying again', { error, delayMs: POLL_MS });
    }
    this.#schedule(delayMs);
  }
}
