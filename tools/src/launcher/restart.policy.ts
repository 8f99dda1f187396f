/** Deaths are counted over this time. */
const WINDOW_MS = 60_000;
/** So many deaths within the window are answered at once. */
const IMMEDIATE_RESTARTS_MAX = 2;
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

/**
 * How long to wait before a process that died is started again: not at all, until it dies for the third time within a
 * minute; then one second, doubled with every further death.
 * @param deathsAtMs when it died, the death in hand last
 */
export function restartPauseMs(deathsAtMs: readonly number[]): number {
  const latest = deathsAtMs.at(-1) ?? 0;
  const recent = deathsAtMs.filter((at) => latest - at < WINDOW_MS).length;
  if (recent <= IMMEDIATE_RESTARTS_MAX) return 0;
  return Math.min(PAUSE_MAX_MS, PAUSE_FIRST_MS * 2 ** (recent - IMMEDIATE_RESTARTS_MAX - 1));
}
