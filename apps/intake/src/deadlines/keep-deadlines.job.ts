import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Log } from '@tollgate/platform';
import { FollowUpDecisionsHandler } from './follow-up-decisions.handler.ts';
import { KeepDeadlinesHandler } from './keep-deadlines.handler.ts';

/** A deadline that another instance, or a later event, brought in is noticed within this time. */
const POLL_MS = 500;
/** Two rounds are at least this far apart: a row locked by another instance must not make us spin. */
const PAUSE_MIN_MS = 10;
/** Decisions of which nothing was heard for a minute can wait some seconds more. */
const FOLLOW_UP_EVERY_MS = 5_000;

/** The deadline keeper: sleeps until the next deadline, or half a second, whichever comes first. */
@Injectable()
export class KeepDeadlinesJob implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> = Promise.resolve();
  #stopped = false;
  #followUpAtMs = 0;

  constructor(
    private readonly handler: KeepDeadlinesHandler,
    private readonly followUps: FollowUpDecisionsHandler,
    log: Log,
  ) {
    this.#log = log.for('Deadlines');
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
      while (!this.#stopped && (await this.handler.decideOverdue())) {
        // A full batch: there may be more.
      }
      await this.#followUp();
      const next = await this.handler.findNextDelayMs();
      delayMs = Math.min(POLL_MS, Math.max(PAUSE_MIN_MS, Math.ceil(next ?? POLL_MS)));
    } catch (error) {
      this.#log.warn('Overdue attempts could not be decided, trying again', { error, delayMs: POLL_MS });
    }
    this.#schedule(delayMs);
  }

  async #followUp(): Promise<void> {
    if (performance.now() < this.#followUpAtMs) {
      return;
    }
    while (!this.#stopped && (await this.followUps.followUp())) {
      // A full batch: there may be more.
    }
    this.#followUpAtMs = performance.now() + FOLLOW_UP_EVERY_MS;
  }
}
