import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

import type { EmulatorFigures } from '../measure/figures.types.ts';
import { judgeGoals } from './goals.ts';
import type { BenchResult, Machine } from './result.types.ts';
import { toMarkdown } from './tables.ts';

const BENCH = path.resolve(import.meta.dirname, '../..');
const RESULTS = path.join(BENCH, 'results');
const LATEST = path.join(RESULTS, 'latest.json');
const BEGIN = '<!-- newest result: begin -->';
const END = '<!-- newest result: end -->';

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

function keepAsLatest(result: BenchResult, text: string): void {
  writeFileSync(LATEST, text);
  const readme = path.join(BENCH, 'README.md');
  const [before = '', rest = ''] = readFileSync(readme, 'utf8').split(BEGIN);
  const after = rest.split(END)[1] ?? '\n';
  writeFileSync(readme, `${before}${BEGIN}\n\n${toMarkdown(result)}\n\n${END}${after}`);
}

/** Four decimals are more than was measured; NaN becomes null by itself. */
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(4)) : value;
}
