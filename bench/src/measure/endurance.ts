import type { ColumnPlace, RunningColumn } from '../columns/column.types.ts';
import { startTollgate } from '../columns/tollgate.ts';
import { memoryOf } from '../machine/process-usage.ts';
import type { Stage } from '../machine/stage.ts';
import type { EnduranceFigures, MemorySample } from './figures.types.ts';
import { medianOf } from './percentiles.ts';
import { preloadAttempts } from './preload-attempts.ts';
import { Round } from './round.ts';

const THROUGHPUTS = 3;
const SAMPLE_EVERY_MS = 5_000;

export interface EnduranceOptions {
  /** Attempts in the tables before the measured ones. */
  readonly preload: number;
  /** Checkouts of each throughput measurement. */
  readonly count: number;
  readonly inFlight: number;
  readonly warmUp: number;
  readonly steadyRatePerSecond: number;
  readonly steadySeconds: number;
}

/** The product on empty tables, then on full ones, then under steady load for long. */
export async function measureEndurance(
  stage: Stage,
  options: EnduranceOptions,
  interrupted: AbortSignal,
): Promise<EnduranceFigures> {
  const { preload, steadyRatePerSecond, steadySeconds } = options;
  const perSecondEmpty = await onPlace(stage, (place) =>
    onTollgate(stage, place, interrupted, (round) => medianThroughput(round, options)),
  );
  return onPlace(stage, async (place) => {
    const originalId = await onTollgate(stage, place, interrupted, (round) => round.buyOne());
    await preloadAttempts(place.databaseUrl, { originalId, count: preload, interrupted });
    return onTollgate(stage, place, interrupted, async (round, { processes }) => {
      const perSecondPreloaded = await medianThroughput(round, options);
      const sampler = new MemorySampler(processes);
      if (steadySeconds > 0) await round.measureLatency(steadyRatePerSecond, steadySeconds);
      const memoryMb = sampler.stop();
      return { preloaded: preload, perSecondEmpty, perSecondPreloaded, steadyRatePerSecond, steadySeconds, memoryMb };
    });
  });
}

async function medianThroughput(round: Round, { count, inFlight, warmUp }: EnduranceOptions): Promise<number> {
  if (warmUp > 0) await round.warmUp(warmUp, inFlight);
  const rates: number[] = [];
  while (rates.length < THROUGHPUTS) rates.push((await round.measureThroughput(count, inFlight)).perSecond);
  return medianOf(rates);
}

async function onPlace<Result>(stage: Stage, work: (place: ColumnPlace) => Promise<Result>): Promise<Result> {
  const place = await stage.openPlace('endurance');
  try {
    return await work(place);
  } finally {
    await stage.closePlace(place);
  }
}

async function onTollgate<Result>(
  stage: Stage,
  place: ColumnPlace,
  interrupted: AbortSignal,
  work: (round: Round, column: RunningColumn) => Promise<Result>,
): Promise<Result> {
  const column = await startTollgate(place);
  try {
    const round = await Round.open(stage, column, { databaseUrl: place.databaseUrl, interrupted });
    try {
      return await work(round, column);
    } finally {
      await round.close();
    }
  } finally {
    await column.stop();
  }
}

/** Resident memory at intervals. */
class MemorySampler {
  private readonly samples: MemorySample[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(processes: Readonly<Record<string, number>>) {
    this.timer = setInterval(() => {
      const byService = Object.entries(processes).map(([service, pid]) => [service, memoryOf(pid).nowMb] as const);
      const second = ((this.samples.length + 1) * SAMPLE_EVERY_MS) / 1000;
      this.samples.push({ second, byService: Object.fromEntries(byService) });
    }, SAMPLE_EVERY_MS);
  }

  stop(): readonly MemorySample[] {
    clearInterval(this.timer);
    return this.samples;
  }
}
