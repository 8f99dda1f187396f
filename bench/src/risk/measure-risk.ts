import { setTimeout as delay } from 'node:timers/promises';

import pg from 'pg';

import { nowMs } from '../machine/monotonic-clock.ts';
import { cpuOf, cpuOfPostgres, memoryOf } from '../machine/process-usage.ts';
import { Stage } from '../machine/stage.ts';
import { AttemptTraffic } from './attempt-traffic.ts';
import { PublishedDecisions } from './published-decisions.ts';
import { askRisk, RISK_MERCHANT, type RiskProcess, startRisk, stopRisk } from './risk-process.ts';

const LOOK_EVERY_MS = 50;
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
    const decisions = await PublishedDecisions.open(place);
    let announced = 0;
    const decideMore = async (more: number, spreadMs: number): Promise<number> => {
      announced += more;
      const startMs = nowMs();
      await Promise.all([traffic.publish(more, spreadMs), decisions.awaitTotal(announced, interrupted)]);
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
      let onHistory: RiskResult['onHistory'];
      if (history > 0) {
        await decideMore(history, HISTORY_MS);
        await database.query('VACUUM ANALYZE');
        onHistory = { history, ...(await measure()) };
      }
      const backtest = await measureBacktest(risk, stage, interrupted);
      if (backtest.attempts !== announced)
        throw new Error(`${backtest.attempts} of ${announced} attempts were decided`);
      return { empty, backtest, ...(onHistory === undefined ? {} : { onHistory }) };
    } finally {
      await traffic.close();
      await decisions.close();
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
