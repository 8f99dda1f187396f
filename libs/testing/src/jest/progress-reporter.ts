import { basename } from 'node:path';

import type { Reporter, Test } from '@jest/reporters';

/**
 * Says which scenario runs and how long it took, one line each, with the time since the run began. For long runs of a
 * few files at a time (`npm run prove`), so each line names its file; {@link QuietReporter} tells the failures.
 */
export default class ProgressReporter implements Pick<
  Reporter,
  'onTestCaseStart' | 'onTestCaseResult' | 'getLastError'
> {
  readonly #startedAt = performance.now();

  onTestCaseStart(test: Test, { fullName }: { fullName: string }): void {
    this.#say(test, `  ${fullName} …`);
  }

  onTestCaseResult(test: Test, result: { fullName: string; status: string; duration?: number | null }): void {
    const mark = result.status === 'passed' ? '✓' : '✗';
    this.#say(test, `${mark} ${result.fullName} (${Math.round((result.duration ?? 0) / 1_000)} s)`);
  }

  getLastError(): undefined {
    return undefined;
  }

  #say({ path }: Test, what: string): void {
    process.stdout.write(`${this.#elapsed()}  ${basename(path, '.spec.ts').padEnd(16)} ${what}\n`);
  }

  #elapsed(): string {
    const seconds = Math.round((performance.now() - this.#startedAt) / 1_000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`.padStart(6);
  }
}
