/** Milliseconds before the next try: doubles with each try that brought nothing, up to a limit. */
export function toRetryPauseMs(tries: number, limits: { retryPauseMs: number; retryPauseMsMax: number }): number {
  // Beyond 2^20 the limit has long been reached; more would only overflow.
  return Math.min(limits.retryPauseMs * 2 ** Math.min(tries, 20), limits.retryPauseMsMax);
}
