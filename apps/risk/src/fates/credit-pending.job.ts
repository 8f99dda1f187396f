import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
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
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(database: Database, fates: FateRepository, log: Log) {
    this.#database = database;
    this.#fates = fates;
    this.#log = log.for(CreditPendingJob.name);
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#run());
    }, RUN_EVERY_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Credits everything pending, a few attempts at a time. */
  async credit(): Promise<void> {
    let found: number;
    do {
      const pending = await this.#fates.findPending(ATTEMPTS_MAX);
      found = pending.length;
      if (found > 0) await this.#database.transaction((tx) => this.#fates.creditAttempts(tx, pending));
    } while (found > 0 && !this.#stopped);
  }

  async #run(): Promise<void> {
    try {
      await this.credit();
    } catch (error) {
      // Nothing is lost by waiting: the next run finds what this one could not do.
      this.#log.warn('Early outcomes were not told to their subjects', { error });
    }
  }
}
