import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import type { Proof } from './proof.types.ts';
import type { ProveOptions } from './prove-options.ts';
import { toReportPage } from './report-page.ts';
import { toReportText } from './report-text.ts';
import { runIntegrity } from './run-integrity.ts';
import { findFailures } from './verdict.policy.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const GIB = 2 ** 30;
/** What a shell says of a program that Ctrl-C ended. */
const INTERRUPTED_CODE = 130;

/**
 * Puts every promise to the proof, shows what came of it and writes the report.
 * @returns the exit code: 0 when every promise held
 */
export async function prove(options: ProveOptions): Promise<number> {
  const { seed, scale } = options;
  const startedAt = new Date();
  const folder = options.reportDir ?? path.join(ROOT, '.tollgate', 'prove', `${toFolderName(startedAt)}-${seed}`);
  // What an earlier proof left in a given folder is not of this one.
  for (const part of ['faults', 'tests.json']) rmSync(path.join(folder, part), { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.log(`seed ${seed}, scale ${scale}; repeat: ${toCommand(options)}`);
  const { reports, tests, ended } = await runIntegrity(options, { root: ROOT, folder });
  if (ended === 'interrupted') {
    console.log(`\ninterrupted; seed ${seed}`);
    return INTERRUPTED_CODE;
  }
  const proof: Proof = {
    facts: {
      seed,
      scale,
      commit: await readCommit(),
      startedAt: startedAt.toISOString(),
      seconds: (Date.now() - startedAt.getTime()) / 1_000,
      machine: describeMachine(),
    },
    reports,
    tests,
    failures: [...(ended === undefined ? [] : ['it took too long and was ended']), ...findFailures(reports, tests)],
  };
  writeFileSync(path.join(folder, 'report.json'), `${JSON.stringify(proof, undefined, 2)}\n`);
  writeFileSync(path.join(folder, 'report.html'), toReportPage(proof));
  console.log(`\n${toReportText(proof)}`);
  console.log(`\nreport: ${path.join(folder, 'report.html')}`);
  console.log(`seed ${seed}; repeat: ${toCommand(options)}`);
  return proof.failures.length === 0 ? 0 : 1;
}

/** `2026-11-21T08-15-00Z`: sorts by time and is a file name everywhere. */
function toFolderName(time: Date): string {
  return time.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
}

function toCommand({ seed, scale }: ProveOptions): string {
  return `npm run prove -- --seed ${seed}${scale === 'quick' ? ' --quick' : ''}`;
}

/** The checkout's commit, marked when it has been changed since; "unknown" outside of a repository. */
async function readCommit(): Promise<string> {
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd: ROOT })).stdout.trim();
  try {
    const [commit, changes] = [await git('rev-parse', 'HEAD'), await git('status', '--porcelain')];
    return changes === '' ? commit : `${commit}, changed since`;
  } catch {
    return 'unknown';
  }
}

function describeMachine(): string {
  const cores = cpus();
  return [
    `${cores.length} × ${cores[0]?.model.trim() ?? 'unknown processor'}`,
    `${Math.round(totalmem() / GIB)} GiB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.version}`,
  ].join(', ');
}
