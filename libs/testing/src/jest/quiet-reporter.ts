import { relative } from 'node:path';

import type { AggregatedResult, Reporter, Test, TestContext, TestResult } from '@jest/reporters';

import { quietenOutput } from './quiet-output.ts';
import { announceSummary } from './summary-line.ts';

const print = quietenOutput();

interface ProjectTally {
  files: number;
  tests: number;
  failed: number;
  busyMs: number;
}

/**
 * Says little while all is well: one line for each project. A failing test says what failed, where, and how to repeat
 * it alone; what its file logged is shown with it. The very last line of the run is `N passed, N failed`.
 */
export default class QuietReporter implements Pick<
  Reporter,
  'onRunStart' | 'onTestFileResult' | 'onRunComplete' | 'getLastError'
> {
  readonly #projects = new Map<string, ProjectTally>();
  #filesPlanned = 0;

  onRunStart(results: AggregatedResult): void {
    this.#filesPlanned = results.numTotalTestSuites;
    announceSummary({ passed: 0, failed: 1, skipped: 0 });
  }

  onTestFileResult(test: Test, result: TestResult): void {
    this.#tally(test, result);
    if (result.numFailingTests > 0 || result.testExecError !== undefined) this.#reportFailures(test, result);
  }

  onRunComplete(_contexts: Set<TestContext>, results: AggregatedResult): void {
    for (const [name, tally] of this.#projects) {
      const failed = tally.failed > 0 ? `, ${tally.failed} failed` : '';
      print(
        `${name.padEnd(14)}${tally.tests} tests in ${tally.files} files${failed}, ${seconds(tally.busyMs)} of work`,
      );
    }
    const interrupted = results.wasInterrupted ? 1 : 0;
    if (interrupted > 0) print('The run was interrupted.');
    if (results.numTotalTests === 0) print(`No test ran (${this.#filesPlanned} files were planned).`);
    announceSummary({
      passed: results.numPassedTests,
      // A file that could not even start has no failing test of its own, yet it is a failure.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites + interrupted,
      skipped: results.numPendingTests + results.numTodoTests,
    });
  }

  getLastError(): undefined {
    return undefined;
  }

  #tally(test: Test, result: TestResult): void {
    const name = projectOf(test);
    const tally = this.#projects.get(name) ?? { files: 0, tests: 0, failed: 0, busyMs: 0 };
    tally.files += 1;
    tally.tests += result.numPassingTests + result.numFailingTests;
    tally.failed += result.numFailingTests + (result.testExecError === undefined ? 0 : 1);
    tally.busyMs += result.perfStats.runtime;
    this.#projects.set(name, tally);
  }

  #reportFailures(test: Test, result: TestResult): void {
    const file = relative(test.context.config.rootDir, test.path);
    const failures = result.testResults.filter((each) => each.status === 'failed');
    for (const failure of failures) {
      print(`\n✗ ${failure.fullName}`);
      print(`  in ${file}`);
      print(`  repeat: ${seedOf(test)}npm test -- ${file} -t ${quote(failure.fullName)}`);
      for (const message of failure.failureMessages) print(indent(withoutRunnerFrames(message)));
    }
    if (failures.length === 0) {
      print(`\n✗ ${file} could not run`);
      print(`  repeat: ${seedOf(test)}npm test -- ${file}`);
      print(indent(result.failureMessage ?? result.testExecError?.message ?? 'no reason given'));
    }
    for (const entry of result.console ?? []) print(indent(`[${entry.type}] ${entry.message}`));
  }
}

function projectOf(test: Test): string {
  return test.context.config.displayName?.name ?? 'tests';
}

/** What the random choices of the faults were made from, chosen by the global set-up. */
function seedOf(test: Test): string {
  return projectOf(test) === 'integrity' ? `PROVE_SEED=${process.env.PROVE_SEED} ` : '';
}

function quote(title: string): string {
  // Jest reads the title as a regular expression, the shell reads the quotes.
  const pattern = title.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return `'${pattern.replaceAll("'", '.')}'`;
}

/** Stack frames inside the test runner tell nothing about the failure. */
function withoutRunnerFrames(message: string): string {
  return message
    .split('\n')
    .filter(
      (line) => !/^\s+at .*(node_modules\/jest-|Promise\.finally\.completed|new Promise \(<anonymous>\))/.test(line),
    )
    .join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
