import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { BenchOptions } from './bench-options.ts';
import { startCeiling } from './columns/ceiling.ts';
import type { ColumnName, StartColumn } from './columns/column.types.ts';
import { startTollgate } from './columns/tollgate.ts';
import { startTutorial } from './columns/tutorial.ts';
import { Stage } from './machine/stage.ts';
import { measureEmulator } from './measure/emulator-approvals.ts';
import { measureEndurance } from './measure/endurance.ts';
import type { EnduranceOptions } from './measure/endurance.ts';
import type { EnduranceFigures, LatencyFigures, RelayFigures, RoundFigures } from './measure/figures.types.ts';
import { measureRelay } from './measure/relay-drain.ts';
import { Round } from './measure/round.ts';
import { judgeGoals } from './report/goals.ts';
import { keepEmulator, keepResult, readCommit, readMachine } from './report/keep-result.ts';
import type { BenchResult, MeasuredRound } from './report/result.types.ts';
import { measureRules } from './rules/measure-rules.ts';
import { summariseColumns, toRatios } from './report/summarise.ts';
import { describeRound, toMarkdown } from './report/tables.ts';

/** Checkouts under way at once in a closed loop. */
const IN_FLIGHT = 64;
/** Rates of the open loops, requests a second. */
const RATES = [100, 300] as const;
const STEADY_RATE = 100;

/** What was measured of the columns and of the product. */
interface StageFigures {
  readonly rounds: readonly MeasuredRound[];
  readonly relay?: RelayFigures;
  readonly endurance?: EnduranceFigures;
}

const STARTS: Readonly<Record<ColumnName, StartColumn>> = {
  tutorial: startTutorial,
  ceiling: startCeiling,
  tollgate: startTollgate,
};

/**
 * Measures what the options ask for, in rounds that take turns, and keeps the result when every column was measured.
 * @throws the reason of `interrupted`, with everything stopped, when that is aborted
 */
export async function runBench(options: BenchOptions, interrupted: AbortSignal): Promise<void> {
  const before = { date: new Date().toISOString(), commit: readCommit(), machine: readMachine() };
  const { rounds, ...onStage } =
    options.columns.length === 0 ? { rounds: [] } : await measureOnStage(options, interrupted);
  // After everything else has been stopped: it is measured alone.
  const { approvals, cpuProfileDir } = options;
  const load = { count: approvals, inFlight: IN_FLIGHT, cpuProfileDir };
  const emulator =
    approvals === 0 ? undefined : { commit: before.commit, ...(await measureEmulator(load, interrupted)) };
  const rules = options.hasRules ? await measureRules() : undefined;
  const { rounds: roundCount, count, warmUp, latencySeconds } = options;
  const columns = summariseColumns(rounds);
  const ratios = toRatios(columns);
  const more = {
    ...onStage,
    ...(rules === undefined ? {} : { rules }),
    ...(emulator === undefined ? {} : { emulator }),
  };
  const result: BenchResult = {
    ...before,
    settings: { rounds: roundCount, count, inFlight: IN_FLIGHT, warmUp, latencySeconds },
    ratios,
    goals: judgeGoals({ ratios, tollgate: columns.tollgate, ...more }),
    columns,
    ...more,
    rounds,
  };
  console.log(`\n${toMarkdown(result)}`);
  if (!options.isKept) return;
  const isEmulatorAlone = options.columns.length === 0 && emulator !== undefined;
  console.log(`\nkept as ${isEmulatorAlone ? keepEmulator(emulator) : keepResult(result)}`);
}

/** Everything that needs PostgreSQL, the broker and the stub provider. */
async function measureOnStage(options: BenchOptions, interrupted: AbortSignal): Promise<StageFigures> {
  const stage = await Stage.open();
  const rounds: MeasuredRound[] = [];
  let relay: RelayFigures | undefined;
  let endurance: EnduranceFigures | undefined;
  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const column of options.columns) {
        interrupted.throwIfAborted();
        const figures = await runRound(stage, column, options, interrupted);
        rounds.push({ round, column, figures });
        const summary = summariseColumns([{ round, column, figures }])[column];
        console.log(`round ${round} of ${options.rounds}, ${column}: ${describeRound(summary)}`);
      }
    }
    if (options.relayEvents > 0) {
      relay = await measureRelay(stage, options.relayEvents, interrupted);
      console.log(`relay: ${relay.perSecond.toFixed(0)} events/s`);
    }
    if (options.preload + options.steadySeconds > 0) {
      endurance = await measureEndurance(stage, toEnduranceOptions(options), interrupted);
      const { perSecondEmpty, perSecondPreloaded } = endurance;
      console.log(`${perSecondEmpty.toFixed(0)}/s on empty tables, ${perSecondPreloaded.toFixed(0)}/s on full ones`);
    }
  } finally {
    await stage.close();
  }
  return { rounds, ...(relay === undefined ? {} : { relay }), ...(endurance === undefined ? {} : { endurance }) };
}

async function runRound(
  stage: Stage,
  name: ColumnName,
  options: BenchOptions,
  interrupted: AbortSignal,
): Promise<RoundFigures> {
  const { cpuProfileDir } = options;
  if (cpuProfileDir !== undefined) mkdirSync(cpuProfileDir, { recursive: true });
  const place = await stage.openPlace(name);
  const column = await STARTS[name]({
    ...place,
    ...(cpuProfileDir === undefined ? {} : { cpuProfileDir: path.resolve(cpuProfileDir) }),
  });
  try {
    const round = await Round.open(stage, column, { databaseUrl: place.databaseUrl, interrupted });
    try {
      return await measureRound(round, options);
    } finally {
      await round.close();
    }
  } finally {
    await column.stop();
    await stage.closePlace(place);
  }
}

async function measureRound(round: Round, { count, warmUp, latencySeconds }: BenchOptions): Promise<RoundFigures> {
  if (warmUp > 0) await round.warmUp(warmUp, IN_FLIGHT);
  const throughput = count === 0 ? {} : { throughput: await round.measureThroughput(count, IN_FLIGHT) };
  const latencies: LatencyFigures[] = [];
  for (const rate of latencySeconds === 0 ? [] : RATES) {
    latencies.push(await round.measureLatency(rate, latencySeconds));
  }
  return { ...throughput, latencies, memoryPeakMb: round.memoryPeakMb() };
}

function toEnduranceOptions({ preload, steadySeconds, count, warmUp }: BenchOptions): EnduranceOptions {
  return {
    preload,
    count,
    inFlight: IN_FLIGHT,
    warmUp,
    steadyRatePerSecond: STEADY_RATE,
    steadySeconds,
  };
}
