import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { nowMs } from '../machine/monotonic-clock.ts';
import { cpuOf, cpuOfPostgres, memoryOf } from '../machine/process-usage.ts';
import { Stage } from '../machine/stage.ts';
import { AttemptTraffic } from './attempt-traffic.ts';
import { askRisk, RISK_MERCHANT, type RiskProcess, startRisk, stopRisk } from './risk-process.ts';

const LOOK_EVERY_MS = 50;
/** Decisions that are missing for each millisecond until the next look. */
const MISSING_PER_MS = 100;
/** A run that makes no progress for so long is given up. */
const STALLED_AFTER_MS = 60_000;
/** As far back as the longest window. */
const HISTORY_MS = 30 * 24 * 60 * 60 * 1000;
/** Attempts that are decided before anything is measured. */
const WARM_UP = 2_000;

/** What risk carries alone, from the topic to the decision's row and event. */
export interface RiskFigures {
  readonly decisions: number;
  readonly perSecond: number;
  readonly riskCpuMs: number;
  readonly postgresCpuMs: number;
  readonly memoryPeakMb: number;
}

/** A backtest of the live set over everything that was decided, PostgreSQL included. */
export interface BacktestFigures {
  readonly attempts: number;
  readonly perSecond: number;
  readonly riskCpuMs: number;
  readonly postgresCpuMs: number;
}

export interface RiskResult {
  readonly empty: RiskFigures;
  readonly backtest: BacktestFigures;
  /** On so many attempts of history; absent where none was asked for. */
  readonly onHistory?: RiskFigures & { readonly history: number };
}

export interface RiskLoad {
  /** Decisions of each measurement. */
  readonly count: number;
  /** Attempts over 30 days that are decided before the second measurement; 0 leaves it out. */
  readonly history: number;
}

/**
 * The whole risk service with ten velocities: attempts are published as fast as the broker takes them, and the time is
 * taken until the last is decided; on empty tables, and again on a history that risk itself has counted.
 * @throws the reason of `interrupted`, with everything stopped, when that is aborted
 */
export async function measureRisk({ count, history }: RiskLoad, interrupted: AbortSignal): Promise<RiskResult> {
  const stage = await Stage.open();
  try {
    const place = await stage.openPlace('risk');
    const database = new pg.Client({ connectionString: place.databaseUrl });
    await database.connect();
    const risk = await startRisk(place);
    const traffic = await AttemptTraffic.open(place, RISK_MERCHANT);
    const decideMore = async (more: number, spreadMs: number): Promise<number> => {
      const counter = await DecisionCounter.begin(database);
      const startMs = nowMs();
      await traffic.publish(more, spreadMs);
      await counter.await(more, interrupted);
      return nowMs() - startMs;
    };
    const measure = async (): Promise<RiskFigures> => {
      await stage.checkpoint();
      const riskBeforeMs = cpuOf(risk.process.pid ?? 0);
      const postgresBeforeMs = cpuOfPostgres(stage.postgresPid).total;
      const elapsedMs = await decideMore(count, 1_000);
      return {
        decisions: count,
        perSecond: (count / elapsedMs) * 1000,
        riskCpuMs: (cpuOf(risk.process.pid ?? 0) - riskBeforeMs) / count,
        postgresCpuMs: (cpuOfPostgres(stage.postgresPid).total - postgresBeforeMs) / count,
        memoryPeakMb: memoryOf(risk.process.pid ?? 0).peakMb,
      };
    };
    try {
      await decideMore(WARM_UP, 1_000);
      const empty = await measure();
      if (history === 0) return { empty, backtest: await measureBacktest(risk, stage, interrupted) };
      await decideMore(history, HISTORY_MS);
      await database.query('VACUUM ANALYZE');
      const onHistory = { history, ...(await measure()) };
      return { empty, onHistory, backtest: await measureBacktest(risk, stage, interrupted) };
    } finally {
      await traffic.close();
      await stopRisk(risk);
      await database.end();
      await stage.closePlace(place);
    }
  } finally {
    await stage.close();
  }
}

interface Backtest {
  readonly id: string;
  readonly status: string;
  readonly result: { readonly attempts: number; readonly attemptsPerSecond: number } | null;
}

async function measureBacktest(risk: RiskProcess, stage: Stage, interrupted: AbortSignal): Promise<BacktestFigures> {
  const riskBeforeMs = cpuOf(risk.process.pid ?? 0);
  const postgresBeforeMs = cpuOfPostgres(stage.postgresPid).total;
  const { data } = await askRisk<{ data: ReadonlyArray<{ version: string }> }>(risk, '/v1/rulesets?status=live');
  let backtest = await askRisk<Backtest>(risk, '/v1/backtests', { version: data[0]?.version });
  while (backtest.status === 'running') {
    interrupted.throwIfAborted();
    await delay(LOOK_EVERY_MS);
    backtest = await askRisk<Backtest>(risk, `/v1/backtests/${backtest.id}`);
  }
  const { result } = backtest;
  if (result === null) throw new Error(`the backtest is ${backtest.status}`);
  return {
    attempts: result.attempts,
    perSecond: result.attemptsPerSecond,
    riskCpuMs: (cpuOf(risk.process.pid ?? 0) - riskBeforeMs) / result.attempts,
    postgresCpuMs: (cpuOfPostgres(stage.postgresPid).total - postgresBeforeMs) / result.attempts,
  };
}

/** Counts decisions from here on, by the database's own clock; what was decided before is not read again. */
class DecisionCounter {
  private constructor(
    private readonly database: pg.Client,
    private readonly since: string,
  ) {}

  static async begin(database: pg.Client): Promise<DecisionCounter> {
    // The index says by block what cannot be meant; a planner without statistics would read the whole table.
    await database.query('SET enable_seqscan = off');
    const { rows } = await database.query<{ now: string }>('SELECT clock_timestamp()::text AS now');
    return new DecisionCounter(database, rows[0]?.now ?? '-infinity');
  }

  /** @throws the reason of `interrupted`, or an Error when risk makes no progress */
  async await(expected: number, interrupted: AbortSignal): Promise<void> {
    let seen = -1;
    let progressMs = nowMs();
    while (seen < expected) {
      interrupted.throwIfAborted();
      const decided = await this.count();
      if (decided > seen) progressMs = nowMs();
      else if (nowMs() - progressMs > STALLED_AFTER_MS) throw new Error(`risk stopped at ${decided} of ${expected}`);
      seen = decided;
      // A long wait is looked at less often, for counting costs the more the longer it lasts.
      if (seen < expected) await delay(Math.max(LOOK_EVERY_MS, (expected - seen) / MISSING_PER_MS));
    }
  }

  private async count(): Promise<number> {
    const { rows } = await this.database.query<{ decided: number }>(
      'SELECT count(*)::integer AS decided FROM risk.decisions WHERE decided_at >= $1',
      [this.since],
    );
    return rows[0]?.decided ?? 0;
  }
}
