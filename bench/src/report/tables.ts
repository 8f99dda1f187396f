import { COLUMNS } from '../columns/column.types.ts';
import type { ColumnName } from '../columns/column.types.ts';
import type { EmulatorFigures } from '../measure/figures.types.ts';
import type { RulesFigures } from '../rules/rules-load.types.ts';
import type { BenchResult, ColumnSummary, Goal } from './result.types.ts';

const PROCESSES = ['intake', 'risk', 'gateway', 'ledger', 'postgres', 'kafka', 'driver', 'provider', 'total'];

/** The figures of each column and the goals, as Markdown, which a terminal shows as well. */
export function toMarkdown(result: BenchResult): string {
  const { machine, settings, goals } = result;
  return [
    `${describeRun(result)}; ` +
      (result.rounds.length === 0
        ? ''
        : `medians of ${settings.rounds} rounds of ${settings.count} checkouts and ${settings.latencySeconds} s at each rate; `) +
      `load before: ${machine.loadBefore.toFixed(2)}.`,
    ...(result.rounds.length === 0 ? [] : [toColumnTable(result.columns)]),
    ...(result.rules === undefined ? [] : [toRulesTable(result.rules)]),
    ...(result.emulator === undefined ? [] : [toEmulatorTable(result.emulator)]),
    toGoalTable(goals),
  ].join('\n\n');
}

/** When, what and where it was measured. */
export function describeRun({ date, commit, machine }: Pick<BenchResult, 'date' | 'commit' | 'machine'>): string {
  const { cores, processor, memoryGb, node } = machine;
  const where = `${cores} cores (${processor}), ${memoryGb.toFixed(0)} GB, Node ${node}`;
  return `${date.slice(0, 10)}, commit \`${commit}\`, ${where}`;
}

export function toGoalTable(goals: readonly Goal[]): string {
  return toTable(
    ['goal', 'wanted', 'measured', ''],
    goals.map(({ name, wanted, measured, isMet }) => [name, wanted, measured, isMet ? 'met' : 'not met']),
  );
}

export function toRulesTable(figures: RulesFigures): string {
  const { rules, attemptsPerSecond, shippedAttemptsPerSecond, backtestPerSecond } = figures;
  return toTable(
    ['rules alone, on one core', 'a second'],
    [
      [`attempts, ${rules} rules each`, attemptsPerSecond.toFixed(0)],
      ['attempts, the shipped set', shippedAttemptsPerSecond.toFixed(0)],
      [`a backtest's attempts, ${rules} rules each`, backtestPerSecond.toFixed(0)],
    ],
  );
}

/** One line for a round, to be read while the benchmark goes on. */
export function describeRound({ perSecond, approveMs, cpuMsPerCheckout, memoryPeakMb }: ColumnSummary): string {
  const latencies = Object.entries(approveMs).map(
    ([rate, { p50, p99 }]) => `${rate}/s p50 ${ms(p50)} p99 ${ms(p99)} ms`,
  );
  const cpu = PROCESSES.map((name) => `${name} ${(cpuMsPerCheckout[name] ?? NaN).toFixed(2)}`).join(', ');
  const byUser = Object.entries(cpuMsPerCheckout).filter(([name]) => name.startsWith('postgres/'));
  const postgres = byUser.map(([name, value]) => `${name.slice('postgres/'.length)} ${value.toFixed(2)}`).join(', ');
  const memory = Object.entries(memoryPeakMb).map(([name, mb]) => `${name} ${mb.toFixed(0)}`);
  return [
    `${perSecond.toFixed(0)}/s; ${latencies.join('; ')}`,
    `    CPU ms a checkout: ${cpu}`,
    `    in PostgreSQL: ${postgres}`,
    `    memory MB: ${memory.join(', ')}`,
  ].join('\n');
}

function toColumnTable(columns: Summaries): string {
  return toTable(['', ...COLUMNS], [...figureRows(columns), ...cpuRows(columns), ...memoryRows(columns)]);
}

function toEmulatorTable({ commit, alone, withWebhooks }: EmulatorFigures): string {
  const both = [alone, withWebhooks];
  return toTable(
    [`the emulator, commit \`${commit}\``, 'alone', 'with webhooks'],
    [
      ['approvals a second', ...both.map(({ perSecond }) => perSecond.toFixed(0))],
      ['approve → answer, p50, ms', ...both.map(({ answerMs }) => ms(answerMs.p50))],
      ['approve → answer, p99, ms', ...both.map(({ answerMs }) => ms(answerMs.p99))],
      ['CPU ms an approval', ...both.map(({ cpuMsPerApproval }) => cpuMsPerApproval.toFixed(2))],
    ],
  );
}

type Summaries = Readonly<Record<ColumnName, ColumnSummary>>;

function figureRows(columns: Summaries): string[][] {
  const rates = Object.keys(columns.tollgate.approveMs);
  return [
    toRow('checkouts a second', columns, ({ perSecond }) => perSecond.toFixed(0)),
    ...rates.flatMap((rate) =>
      (['p50', 'p95', 'p99'] as const).map((name) =>
        toRow(`POST → approve, ${rate}/s, ${name}, ms`, columns, ({ approveMs }) => ms(approveMs[rate]?.[name] ?? NaN)),
      ),
    ),
  ];
}

function cpuRows(columns: Summaries): string[][] {
  return PROCESSES.map((name) =>
    toRow(`CPU ms a checkout: ${name}`, columns, ({ cpuMsPerCheckout }) => (cpuMsPerCheckout[name] ?? NaN).toFixed(2)),
  );
}

function memoryRows(columns: Summaries): string[][] {
  return Object.keys(columns.tollgate.memoryPeakMb).map((name) =>
    toRow(`memory at most, MB: ${name}`, columns, ({ memoryPeakMb }) => (memoryPeakMb[name] ?? NaN).toFixed(0)),
  );
}

function toRow(title: string, columns: Summaries, read: (summary: ColumnSummary) => string): string[] {
  return [title, ...COLUMNS.map((column) => read(columns[column]).replace('NaN', '–'))];
}

export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, index) => Math.max(title.length, 3, ...rows.map((row) => row[index]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function ms(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
