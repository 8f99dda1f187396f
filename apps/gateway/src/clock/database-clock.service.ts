import { Injectable, type OnModuleInit } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { type Reading, toElapsedMs } from './stopwatch.policy.ts';

/**
 * The database's clock without a query: its last word plus the time since, rounded so that it is never behind. What
 * may not start after a deadline may be checked against it at the very last moment, also by a process that was
 * stopped in between.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit {
  #last: { readonly database: Date; readonly askedAt: Reading } | undefined;

  constructor(private readonly database: Database) {}

  async onModuleInit(): Promise<void> {
    await this.refresh();
  }

  /** Asks the database; called every few seconds so that drifts cannot add up. */
  async refresh(): Promise<void> {
    const askedAt = this.read();
    this.#last = { database: await this.database.now(), askedAt };
  }

  /** The database's time, at most the length of one query ahead of it and never behind. */
  now(): Date {
    if (this.#last === undefined) {
      throw new KnownError('DATABASE_UNAVAILABLE', { detail: "The database's clock has not been read yet" });
    }
    const elapsedMs = toElapsedMs(this.#last.askedAt, this.read());
    // One more millisecond: the database's word was cut to whole ones.
    return new Date(this.#last.database.getTime() + Math.ceil(elapsedMs) + 1);
  }

  /** A moment to measure from. */
  read(): Reading {
    return { monotonicMs: performance.now(), wallMs: Date.now() };
  }

  elapsedMs(since: Reading): number {
    return toElapsedMs(since, this.read());
  }
}
