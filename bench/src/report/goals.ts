import type { EmulatorFigures, EnduranceFigures, RelayFigures } from '../measure/figures.types.ts';
import type { RiskResult } from '../risk/measure-risk.ts';
import type { RulesFigures } from '../rules/rules-load.types.ts';
import type { ColumnSummary, Goal, Ratios } from './result.types.ts';

/** Memory may end so much above what it was half-way and still count as flat. */
const GROWTH_MAX = 1.1;
const MEMORY_MB_MAX = 200;
/** So that the emulator is never what a measurement measures. */
const APPROVALS_PER_SECOND_MIN = 2_000;

/** Every goal that was measured, met or not. */
export function judgeGoals(measured: {
  ratios: Ratios;
  tollgate: ColumnSummary;
  relay?: RelayFigures;
  rules?: RulesFigures;
  emulator?: EmulatorFigures;
  endurance?: EnduranceFigures;
}): Goal[] {
  const { ratios, tollgate, relay, rules, emulator, endurance } = measured;
  const peakMb = Math.max(...Object.values(tollgate.memoryPeakMb));
  return [
    atLeast('throughput ÷ tutorial', 4, ratios.throughputVsTutorial, '×'),
    atLeast('throughput ÷ ceiling', 0.8, ratios.throughputVsCeiling, '×'),
    atMost('p50 at 100/s ÷ ceiling', 2, ratios.p50VsCeiling, '×'),
    atMost('p99 at 100/s ÷ ceiling', 3, ratios.p99VsCeiling, '×'),
    atMost('memory of the largest service', MEMORY_MB_MAX, peakMb, ' MB'),
    ...(relay === undefined ? [] : [atLeast('relay drains a backlog', 5_000, relay.perSecond, ' events/s')]),
    ...(rules === undefined ? [] : judgeRules(rules)),
    ...(emulator === undefined ? [] : judgeEmulator(emulator)),
    ...(endurance === undefined ? [] : judgeEndurance(endurance)),
  ].filter((goal) => !/NaN|Infinity/.test(goal.measured));
}

/**
 * An evaluation is one rule on one attempt: "50 rules at 100,000 evaluations a second" is 2,000 attempts a second. What is
 * measured also meets the other reading, all 50 rules on 100,000 attempts a second, or it does not: both are told.
 */
export function judgeRules({ rules, attemptsPerSecond, backtestPerSecond }: RulesFigures): Goal[] {
  return [
    atLeast(`${rules} rules, one rule on one attempt`, 100_000, rules * attemptsPerSecond, ' evaluations/s'),
    atLeast(`${rules} rules, the whole set on one attempt`, 100_000, attemptsPerSecond, ' attempts/s'),
    atLeast('backtest from snapshots, without the database', 20_000, backtestPerSecond, ' attempts/s'),
  ];
}

/** Risk as a whole service, with PostgreSQL and the broker on the same cores. */
export function judgeRisk({ empty, onHistory, backtest }: RiskResult): Goal[] {
  return [
    atLeast('ten velocities, the whole service', 2_000, empty.perSecond, ' decisions/s'),
    ...(onHistory === undefined
      ? []
      : [atLeast(`on ${onHistory.history} attempts ÷ on none`, 0.9, onHistory.perSecond / empty.perSecond, '×')]),
    atLeast('backtest from snapshots, with PostgreSQL', 20_000, backtest.perSecond, ' attempts/s'),
  ];
}

function judgeEmulator({ alone }: EmulatorFigures): Goal[] {
  return [atLeast('the emulator alone', APPROVALS_PER_SECOND_MIN, alone.perSecond, ' approvals/s')];
}

function judgeEndurance(endurance: EnduranceFigures): Goal[] {
  const { preloaded, perSecondPreloaded, perSecondEmpty, steadySeconds } = endurance;
  return [
    atLeast(`throughput on ${preloaded} attempts ÷ on none`, 0.9, perSecondPreloaded / perSecondEmpty, '×'),
    atMost(`memory after ${steadySeconds} s ÷ half-way`, GROWTH_MAX, growthOf(endurance), '×'),
  ];
}

/** Of the service that grew most: the mean of the last tenth ÷ that of the middle fifth; NaN without samples. */
function growthOf({ memoryMb }: EnduranceFigures): number {
  const mean = (from: number, to: number, service: string): number => {
    const samples = memoryMb.slice(Math.floor(memoryMb.length * from), Math.ceil(memoryMb.length * to));
    return samples.reduce((sum, sample) => sum + (sample.byService[service] ?? 0), 0) / samples.length;
  };
  const services = Object.keys(memoryMb[0]?.byService ?? {});
  if (services.length === 0) return NaN;
  return Math.max(...services.map((service) => mean(0.9, 1, service) / mean(0.4, 0.6, service)));
}

function atLeast(name: string, wanted: number, measured: number, unit: string): Goal {
  return { name, wanted: `≥ ${wanted}${unit}`, measured: `${round(measured)}${unit}`, isMet: measured >= wanted };
}

function atMost(name: string, wanted: number, measured: number, unit: string): Goal {
  return { name, wanted: `≤ ${wanted}${unit}`, measured: `${round(measured)}${unit}`, isMet: measured <= wanted };
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
