import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log, RegularLoop, repeatWhileMore } from '@tollgate/platform';
import { FateRepository } from './fate.repository.ts';

const RUN_EVERY_MS = 30_000;
const ATTEMPTS_MAX = 500;

/**
 * Tells cards and customers of outcomes that came before the decision of their attempt, as those of the deadline do while
 * risk is away.
 */
@Injectable()
export class CreditPendingJob implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #database: Database;
  readonly #fates: FateRepository;
  readonly #loop: RegularLoop;

  constructor(database: Database, fates: FateRepository, log: Log) {
    this.#database = database;
    this.#fates = fates;
    this.#loop = new RegularLoop({
      everyMs: RUN_EVERY_MS,
      round: () => this.credit(),
      log: log.for(CreditPendingJob.name),
      failure: 'Early outcomes were not told to their subjects',
    });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#loop.stop();
  }

  /** Credits everything pending, a few attempts at a time. */
  credit(): Promise<void> {
    return repeatWhileMore(this.#loop.stopping, async () => {
      const pending = await this.#fates.findPending(ATTEMPTS_MAX);
      if (pending.length > 0) await this.#database.transaction((tx) => this.#fates.creditAttempts(tx, pending));
      return pending.length > 0;
    });
  }
}
