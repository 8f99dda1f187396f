import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DueLoop, Log, repeatWhileMore } from '@tollgate/platform';
import { FollowUpDecisionsHandler } from './follow-up-decisions.handler.ts';
import { KeepDeadlinesHandler } from './keep-deadlines.handler.ts';

/** Decisions of which nothing was heard for a minute can wait some seconds more. */
const FOLLOW_UP_EVERY_MS = 5_000;

/** The deadline keeper: decides attempts when their time is over, and asks after decisions that came to nothing. */
@Injectable()
export class KeepDeadlinesJob implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #loop: DueLoop;
  #followUpAtMs = 0;

  constructor(
    private readonly handler: KeepDeadlinesHandler,
    private readonly followUps: FollowUpDecisionsHandler,
    log: Log,
  ) {
    this.#loop = new DueLoop({
      round: (stopping) => this.#keep(stopping),
      log: log.for('Deadlines'),
      failure: 'Overdue attempts could not be decided, trying again',
    });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#loop.stop();
  }

  async #keep(stopping: AbortSignal): Promise<number | undefined> {
    await repeatWhileMore(stopping, () => this.handler.decideOverdue());
    if (performance.now() >= this.#followUpAtMs) {
      await repeatWhileMore(stopping, () => this.followUps.followUp());
      this.#followUpAtMs = performance.now() + FOLLOW_UP_EVERY_MS;
    }
    return this.handler.findNextDelayMs();
  }
}
