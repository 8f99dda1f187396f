import type { ColumnName } from '../columns/column.types.ts';
import type {
  CpuPerCheckout,
  EmulatorFigures,
  EnduranceFigures,
  Percentiles,
  RelayFigures,
  RoundFigures,
} from '../measure/figures.types.ts';
import type { RulesFigures } from '../rules/rules-load.types.ts';

/** The machine that measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  /** 2^30 bytes. */
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  /** Of one minute, before the benchmark began: whether the machine had other things to do. */
  readonly loadBefore: number;
}

/** One round as it was measured. */
export interface MeasuredRound {
  readonly round: number;
  readonly column: ColumnName;
  readonly figures: RoundFigures;
}

/** Medians of a column's rounds. */
export interface ColumnSummary {
  readonly perSecond: number;
  /** From POST to the approve call, by requests a second. */
  readonly approveMs: Readonly<Record<string, Percentiles>>;
  /** Of the closed loop. */
  readonly cpuMsPerCheckout: CpuPerCheckout;
  readonly memoryPeakMb: Readonly<Record<string, number>>;
}

/** Each tollgate ÷ the other; p50 and p99 of POST → approve at 100/s. */
export interface Ratios {
  readonly throughputVsTutorial: number;
  readonly throughputVsCeiling: number;
  readonly p50VsCeiling: number;
  readonly p99VsCeiling: number;
}

export interface Goal {
  readonly name: string;
  readonly wanted: string;
  readonly measured: string;
  readonly isMet: boolean;
}

/** All that a run of the benchmark found. */
export interface BenchResult {
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly settings: { rounds: number; count: number; inFlight: number; warmUp: number; latencySeconds: number };
  readonly ratios: Ratios;
  readonly goals: readonly Goal[];
  readonly columns: Readonly<Record<ColumnName, ColumnSummary>>;
  readonly relay?: RelayFigures;
  readonly rules?: RulesFigures;
  readonly emulator?: EmulatorFigures;
  readonly endurance?: EnduranceFigures;
  readonly rounds: readonly MeasuredRound[];
}
