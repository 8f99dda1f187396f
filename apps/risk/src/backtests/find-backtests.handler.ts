import { Injectable } from '@nestjs/common';
import type { BacktestAnswer } from '@tollgate/contracts';
import { toBacktestAnswer } from './backtest-answer.policy.ts';
import { BacktestRepository } from './backtest.repository.ts';

/** Reads backtests. */
@Injectable()
export class FindBacktestsHandler {
  readonly #backtests: BacktestRepository;

  constructor(backtests: BacktestRepository) {
    this.#backtests = backtests;
  }

  /** The newest fifty. */
  async list(): Promise<BacktestAnswer[]> {
    return (await this.#backtests.list()).map(toBacktestAnswer);
  }

  /** @throws KnownError BACKTEST_NOT_FOUND */
  async get(id: string): Promise<BacktestAnswer> {
    return toBacktestAnswer(await this.#backtests.get(id));
  }
}
