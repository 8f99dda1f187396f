/** How a run ended, in numbers. */
export interface RunCounts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The one line a run ends in, for people and for programs. */
export function summaryLine({ passed, failed, skipped }: RunCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

let announced: RunCounts | undefined;

/**
 * Prints the summary line when the process ends, so that nothing comes after it: not a warning, not the teardown's
 * complaint. The last counts announced win.
 */
export function announceSummary(counts: RunCounts): void {
  if (announced === undefined) {
    process.once('exit', () => {
      if (announced !== undefined) process.stdout.write(`${summaryLine(announced)}\n`);
    });
  }
  announced = counts;
}
