import { COLUMNS } from '../columns/column.types.ts';
import type { ColumnName } from '../columns/column.types.ts';
import type { Percentiles, RoundFigures } from '../measure/figures.types.ts';
import { medianOf } from '../measure/percentiles.ts';
import type { ColumnSummary, MeasuredRound, Ratios } from './result.types.ts';

const PERCENTILES = ['p50', 'p95', 'p99', 'max'] as const;

/** The medians of each column's rounds. */
export function summariseColumns(rounds: readonly MeasuredRound[]): Record<ColumnName, ColumnSummary> {
  const summaries = COLUMNS.map((column) => {
    const ofColumn = rounds.filter((round) => round.column === column).map(({ figures }) => figures);
    return [column, summarise(ofColumn)] as const;
  });
  return Object.fromEntries(summaries) as Record<ColumnName, ColumnSummary>;
}

/** NaN where a column was not measured. */
export function toRatios({ tollgate, tutorial, ceiling }: Readonly<Record<ColumnName, ColumnSummary>>): Ratios {
  const own = tollgate.approveMs['100'];
  const other = ceiling.approveMs['100'];
  return {
    throughputVsTutorial: tollgate.perSecond / tutorial.perSecond,
    throughputVsCeiling: tollgate.perSecond / ceiling.perSecond,
    p50VsCeiling: (own?.p50 ?? NaN) / (other?.p50 ?? NaN),
    p99VsCeiling: (own?.p99 ?? NaN) / (other?.p99 ?? NaN),
  };
}

function summarise(rounds: readonly RoundFigures[]): ColumnSummary {
  const throughputs = rounds.map((round) => round.throughput).filter((figures) => figures !== undefined);
  const rates = [...new Set(rounds.flatMap((round) => round.latencies.map((latency) => latency.ratePerSecond)))];
  return {
    perSecond: medianOf(throughputs.map((figures) => figures.perSecond)),
    approveMs: Object.fromEntries(rates.map((rate) => [String(rate), medianLatency(rounds, rate)])),
    cpuMsPerCheckout: medianByKey(throughputs.map((figures) => figures.cpuMsPerCheckout)),
    memoryPeakMb: medianByKey(rounds.map((round) => round.memoryPeakMb)),
  };
}

function medianLatency(rounds: readonly RoundFigures[], rate: number): Percentiles {
  const ofRate = rounds.flatMap((round) => round.latencies.filter((latency) => latency.ratePerSecond === rate));
  const medians = PERCENTILES.map(
    (name) => [name, medianOf(ofRate.map((latency) => latency.approveMs[name]))] as const,
  );
  return Object.fromEntries(medians) as unknown as Percentiles;
}

function medianByKey(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const keys = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return Object.fromEntries(keys.map((key) => [key, medianOf(records.map((record) => record[key] ?? 0))]));
}
