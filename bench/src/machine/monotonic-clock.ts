/** `performance.now()` counts from each process's own start; this is how far the machine's monotonic clock was then. */
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();

/** Milliseconds on the machine's monotonic clock: comparable between processes, fractions included. */
export function nowMs(): number {
  return performance.now() + offsetMs;
}
