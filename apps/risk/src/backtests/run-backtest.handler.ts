import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import {
  type BacktestAnswer,
  type BacktestInput,
  type BacktestResult,
  KnownError,
  type Principal,
} from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { RecordedDecisionRepository } from '../recorded/recorded-decision.repository.ts';
import { RuleSetLibrary } from '../recorded/rule-set-library.service.ts';
import { toRange } from '../recorded/time-range.policy.ts';
import { toActor } from '../rule-sets/rule-set-life.states.ts';
import { toBacktestAnswer } from './backtest-answer.policy.ts';
import { BacktestTally } from './backtest.policy.ts';
import { BacktestRepository } from './backtest.repository.ts';
import type { BacktestOrder, VisitDecisions } from './backtest.types.ts';
import { toFate } from './fate-tally.policy.ts';
import { ReplayAttempts } from './replay-attempts.service.ts';

/** Further ones are refused: each takes its turns between batches of attempts. */
const WAITING_MAX = 4;
/** Between two notes of how far it has come; one that says nothing for a minute counts as lost. */
const NOTE_EVERY_MS = 5_000;

/** Asks a set what it would have decided about what was decided. One backtest at a time in each process. */
@Injectable()
export class RunBacktestHandler implements OnApplicationShutdown {
  readonly #logger = new Logger(RunBacktestHandler.name);
  readonly #database: Database;
  readonly #backtests: BacktestRepository;
  readonly #recorded: RecordedDecisionRepository;
  readonly #replay: ReplayAttempts;
  readonly #library: RuleSetLibrary;
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isStopping = false;

  constructor(
    database: Database,
    backtests: BacktestRepository,
    recorded: RecordedDecisionRepository,
    replay: ReplayAttempts,
    library: RuleSetLibrary,
  ) {
    this.#database = database;
    this.#backtests = backtests;
    this.#recorded = recorded;
    this.#replay = replay;
    this.#library = library;
  }

  /**
   * Answers at once; the figures are there when the status is `done`.
   * @throws KnownError RULESET_NOT_FOUND, RULESET_INVALID, VALIDATION_FAILED; OVERLOADED where too many wait
   */
  async run({ version, merchantId, source, ...asked }: BacktestInput, principal: Principal): Promise<BacktestAnswer> {
    const candidate = await this.#library.get(version);
    const range = { ...toRange(asked, await this.#database.now()), merchantId: merchantId ?? null };
    const order = { candidate, range, source };
    if (this.#waiting >= WAITING_MAX) {
      throw new KnownError('OVERLOADED', { detail: 'Other backtests are running', facts: { retryAfterSeconds: 10 } });
    }
    this.#waiting += 1;
    const id = randomUUID();
    try {
      await this.#backtests.insert(id, order, toActor(principal));
    } catch (error) {
      this.#waiting -= 1;
      throw error;
    }
    this.#last = this.#last.then(() => this.#carryOut(id, order));
    return toBacktestAnswer(await this.#backtests.get(id));
  }

  /** What runs is given up at its next page: it can be asked for again. */
  async onApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    await this.#last;
  }

  /** Never rejects: whoever asked reads of a failure in the backtest itself. */
  async #carryOut(id: string, order: BacktestOrder): Promise<void> {
    const tally = new BacktestTally(order.candidate);
    const begun = performance.now();
    let noteAt = begun + NOTE_EVERY_MS;
    try {
      const replay = await this.#read(order, async (page) => {
        if (this.#isStopping) throw new KnownError('SHUTTING_DOWN');
        for (const row of page) tally.add(row, toFate(row));
        if (performance.now() < noteAt) return;
        await this.#backtests.noteProgress(id, tally.attempts);
        noteAt = performance.now() + NOTE_EVERY_MS;
      });
      await this.#backtests.finish(id, tally.result(Math.round(performance.now() - begun), replay));
    } catch (error) {
      await this.#note(id, tally.attempts, error);
    } finally {
      this.#waiting -= 1;
    }
  }

  async #read(order: BacktestOrder, visit: VisitDecisions): Promise<BacktestResult['replay']> {
    if (order.source === 'topic') return this.#replay.read(order, visit);
    await this.#recorded.readWithFates(order.range, visit);
    return null;
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
