import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { type BacktestAnswer, type BacktestInput, KnownError, type Principal } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { RecordedDecisionRepository } from '../recorded/recorded-decision.repository.ts';
import type { RecordedRange } from '../recorded/recorded-decision.types.ts';
import { RuleSetLibrary } from '../recorded/rule-set-library.service.ts';
import { toRange } from '../recorded/time-range.policy.ts';
import { toActor } from '../rule-sets/rule-set-life.states.ts';
import type { RuleSet } from '../rule-sets/rule-set.types.ts';
import { toBacktestAnswer } from './backtest-answer.policy.ts';
import { BacktestTally } from './backtest.policy.ts';
import { BacktestRepository } from './backtest.repository.ts';

/** Further ones are refused: each takes its turns between batches of attempts. */
const WAITING_MAX = 4;
/** Attempts between two notes of how far it has come. */
const PROGRESS_EVERY = 20_000;

/** Asks a set what it would have decided about what was decided. One backtest at a time in each process. */
@Injectable()
export class RunBacktestHandler implements OnApplicationShutdown {
  readonly #logger = new Logger(RunBacktestHandler.name);
  readonly #database: Database;
  readonly #backtests: BacktestRepository;
  readonly #recorded: RecordedDecisionRepository;
  readonly #library: RuleSetLibrary;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isStopping = false;

  constructor(
    database: Database,
    backtests: BacktestRepository,
    recorded: RecordedDecisionRepository,
    library: RuleSetLibrary,
  ) {
    this.#database = database;
    this.#backtests = backtests;
    this.#recorded = recorded;
    this.#library = library;
  }

  /**
   * Answers at once; the figures are there when the status is `done`.
   * @throws KnownError RULESET_NOT_FOUND, RULESET_INVALID, VALIDATION_FAILED; OVERLOADED where too many wait
   */
  async run({ version, merchantId, ...asked }: BacktestInput, principal: Principal): Promise<BacktestAnswer> {
    const candidate = await this.#library.get(version);
    const range = { ...toRange(asked, await this.#database.now()), merchantId: merchantId ?? null };
    if (this.#waiting >= WAITING_MAX) {
      throw new KnownError('OVERLOADED', { detail: 'Other backtests are running', facts: { retryAfterSeconds: 10 } });
    }
    this.#waiting += 1;
    const id = randomUUID();
    try {
      await this.#backtests.insert(id, candidate.version, range, toActor(principal));
    } catch (error) {
      this.#waiting -= 1;
      throw error;
    }
    this.#last = this.#last.then(() => this.#carryOut(id, candidate, range));
    return toBacktestAnswer(await this.#backtests.get(id));
  }

  /** What runs is given up at its next page: it can be asked for again. */
  async onApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#last;
  }

  /** Never rejects: whoever asked reads of a failure in the backtest itself. */
  async #carryOut(id: string, candidate: RuleSet, range: RecordedRange): Promise<void> {
    const tally = new BacktestTally(candidate);
    const begun = performance.now();
    try {
      let noted = 0;
      await this.#recorded.read(range, async (page) => {
        if (this.#isStopping) throw new KnownError('SHUTTING_DOWN');
        for (const row of page) tally.add(row, null);
        if (tally.attempts - noted < PROGRESS_EVERY) return;
        noted = tally.attempts;
        await this.#backtests.noteProgress(id, noted);
      });
      await this.#backtests.finish(id, tally.result(Math.round(performance.now() - begun)));
    } catch (error) {
      await this.#note(id, tally.attempts, error);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #note(id: string, attemptsRead: number, error: unknown): Promise<void> {
    this.#logger.error(`The backtest ${id} ended early`, error);
    const problem = error instanceof KnownError ? error.message : 'Something went wrong on our side';
    try {
      await this.#backtests.fail(id, attemptsRead, problem);
    } catch (failure) {
      // Without the database nobody can be told; the row turns to "lost" by its age.
      this.#logger.error(`The end of the backtest ${id} could not be written down`, failure);
    }
  }
}
