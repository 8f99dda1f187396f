import type { RiskFigures } from '../risk/measure-risk.ts';
import type { RiskBenchResult } from './risk-result.types.ts';
import { describeRun, toGoalTable, toRulesTable, toTable } from './tables.ts';

/** Risk's figures and goals as Markdown. */
export function toRiskMarkdown(result: RiskBenchResult): string {
  const { empty, onHistory, backtest, machine, goals, rules } = result;
  const columns: ReadonlyArray<readonly [title: string, figures: RiskFigures]> = [
    ['empty tables', empty],
    ...(onHistory === undefined ? [] : [[`on ${onHistory.history} attempts`, onHistory] as const]),
  ];
  const row = (title: string, read: (figures: RiskFigures) => string): string[] => [
    title,
    ...columns.map(([, figures]) => read(figures)),
  ];
  return [
    `${describeRun(result)}; ${empty.decisions} decisions a column; load before: ${machine.loadBefore.toFixed(2)}.`,
    toTable(
      ['the whole service, ten velocities', ...columns.map(([title]) => title)],
      [
        row('decisions a second', ({ perSecond }) => perSecond.toFixed(0)),
        row('CPU ms a decision: risk', ({ riskCpuMs }) => riskCpuMs.toFixed(2)),
        row('CPU ms a decision: PostgreSQL', ({ postgresCpuMs }) => postgresCpuMs.toFixed(2)),
        row('memory at most, MB', ({ memoryPeakMb }) => memoryPeakMb.toFixed(0)),
      ],
    ),
    toTable(
      ['a backtest over all of it', 'measured'],
      [
        ['attempts', String(backtest.attempts)],
        ['attempts a second', backtest.perSecond.toFixed(0)],
        ['CPU ms an attempt: risk', backtest.riskCpuMs.toFixed(3)],
        ['CPU ms an attempt: PostgreSQL', backtest.postgresCpuMs.toFixed(3)],
      ],
    ),
    toRulesTable(rules),
    toGoalTable(goals),
  ].join('\n\n');
}
