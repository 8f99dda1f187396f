import { Injectable } from '@nestjs/common';
import { type BacktestResult, KnownError } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import type { RuleSetActor } from '../rule-sets/rule-set-life.types.ts';
import type { BacktestOrder, BacktestRow } from './backtest.types.ts';
import {
  endBacktest,
  insertBacktest,
  noteBacktestProgress,
  selectBacktest,
  selectBacktests,
} from './sql/backtests.sql.ts';

/** Backtests that were asked for, and what came of them. */
@Injectable()
export class BacktestRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async insert(id: string, { candidate, range, source }: BacktestOrder, requestedBy: RuleSetActor): Promise<void> {
    const { from, to, merchantId } = range;
    await this.#database.query(insertBacktest, [
      ...[id, candidate.version, from, to, merchantId, source, JSON.stringify(requestedBy)],
    ]);
  }

  async noteProgress(id: string, attemptsRead: number): Promise<void> {
    await this.#database.query(noteBacktestProgress, [id, attemptsRead]);
  }

  async finish(id: string, result: BacktestResult): Promise<void> {
    await this.#database.query(endBacktest, [id, 'done', result.attempts, JSON.stringify(result), null]);
  }

  async fail(id: string, attemptsRead: number, problem: string): Promise<void> {
    await this.#database.query(endBacktest, [id, 'failed', attemptsRead, null, problem]);
  }

  /** @throws KnownError BACKTEST_NOT_FOUND */
  async get(id: string): Promise<BacktestRow> {
    const [row] = await this.#database.query<BacktestRow>(selectBacktest, [id]);
    if (row === undefined) throw new KnownError('BACKTEST_NOT_FOUND');
    return row;
  }

  async list(): Promise<BacktestRow[]> {
    return this.#database.query<BacktestRow>(selectBacktests);
  }
}
