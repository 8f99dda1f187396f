import { setTimeout as delay } from 'node:timers/promises';

export interface EventuallyOptions {
  /** How long to keep trying. Milliseconds, default 10 s. */
  timeoutMs?: number;
  /** Pause between two tries. Milliseconds, default 50. */
  intervalMs?: number;
}

/**
 * Repeats an assertion until it passes and returns what it returned. A try that hangs counts as failed when the time
 * is over.
 * @throws Error with the last failure's message (and the failure as its cause) when the time is over
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 50 }: EventuallyOptions = {},
): Promise<T> {
  const giveUpAt = performance.now() + timeoutMs;
  let tries = 0;
  let lastFailure: unknown = new Error('the first try has not ended');
  for (;;) {
    tries += 1;
    try {
      return await withinTime(assertion, giveUpAt - performance.now());
    } catch (failure) {
      if (!(failure instanceof TryTimedOut)) lastFailure = failure;
    }
    if (performance.now() + intervalMs >= giveUpAt) break;
    await delay(intervalMs);
  }
  const reason = lastFailure instanceof Error ? lastFailure.message : String(lastFailure);
  throw new Error(`still failing after ${timeoutMs} ms and ${tries} tries: ${reason}`, { cause: lastFailure });
}

class TryTimedOut extends Error {}

async function withinTime<T>(assertion: () => T | Promise<T>, leftMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TryTimedOut()), Math.max(leftMs, 1));
  });
  try {
    return await Promise.race([assertion(), timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
