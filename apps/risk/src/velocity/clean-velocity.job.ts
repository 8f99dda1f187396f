import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log } from '@tollgate/platform';
import { VELOCITY_LIMITS } from './velocity.schema.ts';
import { VelocityRepository } from './velocity.repository.ts';

const RUN_EVERY_MS = 60_000;
/** Rows a statement deletes at most, so that it stays far below the statement timeout. */
const DELETE_ROWS_MAX = 2_000;
/** Twice the longest window: a window reaches to both sides of an attempt; a day more for a backlog. Milliseconds. */
const KEEP_ATTEMPTS_MS = 2 * VELOCITY_LIMITS.windowSeconds * 1000 + 24 * 60 * 60 * 1000;
/** Who is not seen for a year and a month is new again. Milliseconds. */
const KEEP_SUBJECTS_MS = 400 * 24 * 60 * 60 * 1000;

/** Deletes what no window reaches any more, and subjects that nobody remembers. */
@Injectable()
export class CleanVelocityJob implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #database: Database;
  readonly #velocity: VelocityRepository;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(database: Database, velocity: VelocityRepository, log: Log) {
    this.#database = database;
    this.#velocity = velocity;
    this.#log = log.for(CleanVelocityJob.name);
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

  /** Deletes everything too old, a few rows at a time. */
  async clean(): Promise<void> {
    const nowMs = (await this.#database.now()).getTime();
    const attemptsBefore = new Date(nowMs - KEEP_ATTEMPTS_MS);
    const subjectsBefore = new Date(nowMs - KEEP_SUBJECTS_MS);
    let deleted: number;
    do {
      deleted = await this.#velocity.deleteOlderThan(attemptsBefore, subjectsBefore, DELETE_ROWS_MAX);
    } while (deleted > 0 && !this.#stopped);
  }

  async #run(): Promise<void> {
    try {
      await this.clean();
    } catch (error) {
      // Nothing is lost by waiting: the next run deletes what this one could not.
      this.#log.warn('What velocities need no more was not deleted', { error });
    }
  }
}
