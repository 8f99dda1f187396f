import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@tollgate/persistence';
import { Log, RegularLoop, repeatWhileMore } from '@tollgate/platform';
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
  readonly #loop: RegularLoop;

  constructor(database: Database, velocity: VelocityRepository, log: Log) {
    this.#database = database;
    this.#velocity = velocity;
    this.#loop = new RegularLoop({
      everyMs: RUN_EVERY_MS,
      round: (stopping) => this.#clean(stopping),
      log: log.for(CleanVelocityJob.name),
      failure: 'What velocities need no more was not deleted',
    });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.#loop.stop();
  }

  /** Deletes everything too old, a few rows at a time. */
  async #clean(stopping: AbortSignal): Promise<void> {
    const nowMs = (await this.#database.now()).getTime();
    const attemptsBefore = new Date(nowMs - KEEP_ATTEMPTS_MS);
    const subjectsBefore = new Date(nowMs - KEEP_SUBJECTS_MS);
    await repeatWhileMore(
      stopping,
      async () => (await this.#velocity.deleteOlderThan(attemptsBefore, subjectsBefore, DELETE_ROWS_MAX)) > 0,
    );
  }
}
