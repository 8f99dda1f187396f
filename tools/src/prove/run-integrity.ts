import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { z } from 'zod';

import { StopSignals } from '../launcher/stop-signals.ts';
import { faultReport } from './proof.types.ts';
import type { FaultReport, TestOutcome } from './proof.types.ts';
import type { ProveOptions } from './prove-options.ts';

/** What the run promises, in minutes; whatever runs longer hangs. */
const LIMIT_MINUTES = { quick: 15, full: 45 } as const;
/** How long the tests may take to end after they were told to. Their guards then end what they started. */
const STOP_PATIENCE_MS = 10_000;

const jestResult = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), failureMessages: z.array(z.string()) }),
      ),
    }),
  ),
});

export interface IntegrityResult {
  reports: FaultReport[];
  tests: TestOutcome[];
  /** Ended before its end: by a person, or because it took too long. */
  ended?: 'interrupted' | 'too long';
}

/** Runs tests/integrity, two files at a time since most scenarios mostly wait, and gathers what they report. */
export async function runIntegrity(
  { seed, scale }: Pick<ProveOptions, 'seed' | 'scale'>,
  { root, folder }: { root: string; folder: string },
): Promise<IntegrityResult> {
  const faultsDir = path.join(folder, 'faults');
  const resultFile = path.join(folder, 'tests.json');
  const child = startJest(root, resultFile, {
    PROVE_SEED: String(seed),
    PROVE_SCALE: scale,
    PROVE_REPORT_DIR: faultsDir,
  });
  const gone = once(child, 'exit');
  let ended: IntegrityResult['ended'];
  const end = (reason: NonNullable<IntegrityResult['ended']>): void => {
    ended ??= reason;
    child.kill('SIGINT');
    setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS).unref();
  };
  const limit = setTimeout(() => end('too long'), LIMIT_MINUTES[scale] * 60_000);
  const signals = new StopSignals();
  signals.onStop(() => end('interrupted'));
  signals.onForce(() => child.kill('SIGKILL'));
  await gone;
  clearTimeout(limit);
  return {
    reports: readReports(faultsDir),
    tests: existsSync(resultFile) ? readOutcomes(resultFile, root) : [],
    ...(ended === undefined ? {} : { ended }),
  };
}

function startJest(root: string, resultFile: string, environment: Record<string, string>): ChildProcess {
  const reporters = ['quiet', 'progress'].map(
    (name) => `--reporters=${path.join(root, 'libs/testing/src/jest', `${name}-reporter.ts`)}`,
  );
  return spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=TimeoutNegativeWarning',
      'node_modules/jest/bin/jest.js',
      '--selectProjects=integrity',
      '--maxWorkers=2',
      '--json',
      // What a failed scenario left behind shall not keep the verdict waiting.
      '--forceExit',
      `--outputFile=${resultFile}`,
      ...reporters,
    ],
    // Ctrl-C reaches it through us alone, once.
    { cwd: root, env: { ...process.env, ...environment }, stdio: ['ignore', 'inherit', 'inherit'], detached: true },
  );
}

function readReports(folder: string): FaultReport[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => faultReport.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))));
}

function readOutcomes(file: string, root: string): TestOutcome[] {
  const { testResults } = jestResult.parse(JSON.parse(readFileSync(file, 'utf8')));
  return testResults.flatMap(({ name, status, message, assertionResults }): TestOutcome[] => {
    const place = path.relative(root, name);
    const outcomes = assertionResults.map(({ fullName, status: outcome, failureMessages }) => ({
      file: place,
      title: fullName,
      passed: outcome === 'passed',
      message: failureMessages.join('\n'),
    }));
    if (status === 'failed' && outcomes.every(({ passed }) => passed)) {
      return [...outcomes, { file: place, title: 'the file could not run', passed: false, message }];
    }
    return outcomes;
  });
}
