import { mkdirSync } from 'node:fs';
import path from 'node:path';

import type { BenchOptions } from './bench-options.ts';
import type { ColumnName, StartColumn } from './columns/column.types.ts';
import { startCeiling } from './columns/ceiling.ts';
import { startTollgate } from './columns/tollgate.ts';
import { Stage } from './machine/stage.ts';
import type { RoundFigures } from './measure/figures.types.ts';
import { Round } from './measure/round.ts';

/** Checkouts under way at once in a closed loop. */
const IN_FLIGHT = 64;
const WARM_UP_COUNT = 1_000;
/** Rates of the open loops, requests a second. */
const RATES = [100, 300] as const;

const STARTS: Partial<Record<ColumnName, StartColumn>> = { ceiling: startCeiling, tollgate: startTollgate };

/** @returns the exit code */
export async function runBench(options: BenchOptions): Promise<number> {
  const stage = await Stage.open();
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => (interrupted = true));
  }
  try {
    for (let number = 1; number <= options.rounds; number += 1) {
      for (const column of options.columns) {
        const start = STARTS[column];
        if (start === undefined || interrupted) continue;
        const figures = await runRound(stage, column, start, options);
        describe(`round ${number}, ${column}`, figures);
      }
    }
  } finally {
    await stage.close();
  }
  return interrupted ? 130 : 0;
}

async function runRound(
  stage: Stage,
  name: ColumnName,
  start: StartColumn,
  options: BenchOptions,
): Promise<RoundFigures> {
  const { cpuProfileDir } = options;
  if (cpuProfileDir !== undefined) mkdirSync(cpuProfileDir, { recursive: true });
  const place = await stage.openPlace(name);
  const column = await start({
    ...place,
    ...(cpuProfileDir === undefined ? {} : { cpuProfileDir: path.resolve(cpuProfileDir) }),
  });
  try {
    const round = await Round.open(stage, column, place.databaseUrl);
    try {
      await round.warmUp(WARM_UP_COUNT, IN_FLIGHT);
      const throughput = options.count === 0 ? undefined : await round.measureThroughput(options.count, IN_FLIGHT);
      const latencies = [];
      for (const rate of options.latencySeconds === 0 ? [] : RATES) {
        latencies.push(await round.measureLatency(rate, options.latencySeconds));
      }
      const memoryPeakMb = round.memoryPeakMb();
      return { ...(throughput === undefined ? {} : { throughput }), latencies, memoryPeakMb };
    } finally {
      await round.close();
    }
  } finally {
    await column.stop();
    await stage.closePlace(place);
  }
}

function describe(title: string, figures: RoundFigures): void {
  console.log(
    title,
    JSON.stringify(
      figures,
      (_, value: unknown) => (typeof value === 'number' ? Math.round(value * 100) / 100 : value),
      1,
    ),
  );
}
