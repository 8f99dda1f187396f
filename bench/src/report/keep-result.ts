import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { EmulatorFigures } from '../measure/figures.types.ts';
import { judgeGoals } from './goals.ts';
import type { BenchResult, Machine } from './result.types.ts';
import type { RiskBenchResult } from './risk-result.types.ts';
import { toRiskMarkdown } from './risk-tables.ts';
import { toMarkdown } from './tables.ts';

const BENCH = path.resolve(import.meta.dirname, '../..');
const RESULTS = path.join(BENCH, 'results');
const LATEST = path.join(RESULTS, 'latest.json');
const RISK_LATEST = path.join(RESULTS, 'risk-latest.json');
const README = path.join(BENCH, 'README.md');

export function readMachine(): Machine {
  return {
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGb: os.totalmem() / 2 ** 30,
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.versions.node,
    loadBefore: os.loadavg()[0] ?? 0,
  };
}

/** The commit that was measured; with `+` when files differ from it, `unknown` outside of a clone. */
export function readCommit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: BENCH, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '..', ':!results', ':!README.md');
    return `${git('rev-parse', '--short=10', 'HEAD')}${changed === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

/** Writes `results/<date>-<commit>.json`, `results/latest.json` and the table of the README. @returns the first's path */
export function keepResult(result: BenchResult): string {
  mkdirSync(RESULTS, { recursive: true });
  const text = `${JSON.stringify(result, roundNumbers, 2)}\n`;
  const file = path.join(RESULTS, `${result.date.slice(0, 10)}-${result.commit.replace('+', '')}.json`);
  writeFileSync(file, text);
  keepAsLatest(result, text);
  return path.relative(process.cwd(), file);
}

/** Puts the emulator's figures beside the newest result of everything else. @returns its path */
export function keepEmulator(emulator: EmulatorFigures): string {
  const newest = JSON.parse(readFileSync(LATEST, 'utf8')) as BenchResult;
  const result = { ...newest, emulator };
  const goals = judgeGoals({ ...result, tollgate: result.columns.tollgate });
  keepAsLatest({ ...result, goals }, `${JSON.stringify({ ...result, goals }, roundNumbers, 2)}\n`);
  return path.relative(process.cwd(), LATEST);
}

/** Writes `results/risk-latest.json` and its table of the README. @returns its path */
export function keepRiskResult(result: RiskBenchResult): string {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(RISK_LATEST, `${JSON.stringify(result, roundNumbers, 2)}\n`);
  renewReadme('newest result of risk', toRiskMarkdown(result));
  return path.relative(process.cwd(), RISK_LATEST);
}

function keepAsLatest(result: BenchResult, text: string): void {
  writeFileSync(LATEST, text);
  renewReadme('newest result', toMarkdown(result));
}

function renewReadme(part: string, markdown: string): void {
  writeFileSync(README, replacePart(readFileSync(README, 'utf8'), part, markdown));
}

/**
 * Puts other words between the marks of a part.
 * @throws Error for a text without these marks, which would lose what follows
 */
export function replacePart(text: string, part: string, markdown: string): string {
  const [begin, end] = [`<!-- ${part}: begin -->`, `<!-- ${part}: end -->`];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`There is no part "${part}" to be renewed`);
  return `${before}${begin}\n\n${markdown}\n\n${end}${after}`;
}

/** Four decimals are more than was measured; NaN becomes null by itself. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(4)) : value;
}
