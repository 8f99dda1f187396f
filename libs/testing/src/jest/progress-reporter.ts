import { relative } from 'node:path';

import type { Reporter, Test } from '@jest/reporters';

/**
 * Says which scenario runs and how long it took, one line each, with the time since the run began. For long runs in one
 * process (`npm run prove`); {@link QuietReporter} tells the failures.
 */
export default class ProgressReporter implements Pick<
  Reporter,
  'onTestStart' | 'onTestCaseStart' | 'onTestCaseResult' | 'getLastError'
> {
  readonly #startedAt = performance.now();

  onTestStart(test: Test): void {
    process.stdout.write(`${this.#elapsed()}  ${relative(test.context.config.rootDir, test.path)}\n`);
  }

  onTestCaseStart(_test: Test, { fullName }: { fullName: string }): void {
    process.stdout.write(`${this.#elapsed()}    ${fullName} …\n`);
  }

  onTestCaseResult(_test: Test, result: { fullName: string; status: string; duration?: number | null }): void {
    const mark = result.status === 'passed' ? '✓' : '✗';
    process.stdout.write(`${this.#elapsed()}  ${mark} ${Math.round((result.duration ?? 0) / 1_000)} s\n`);
  }

  getLastError(): undefined {
    return undefined;
  }

  #elapsed(): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(6);
  }
}
