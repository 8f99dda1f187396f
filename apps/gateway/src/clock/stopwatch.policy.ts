/** A moment by this process's own clocks. */
export interface Reading {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/**
 * Milliseconds since a reading, never too few: the monotonic clock runs on while a process is stopped but not while
 * the machine sleeps, the wall clock the other way round after a correction. The larger one is on the safe side.
 */
export function toElapsedMs(since: Reading, now: Reading): number {
  return Math.max(now.monotonicMs - since.monotonicMs, now.wallMs - since.wallMs, 0);
}
