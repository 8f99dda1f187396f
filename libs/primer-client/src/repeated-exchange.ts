import { setTimeout as pause } from 'node:timers/promises';
import { ConstantBackoff, handleWhenResult, retry } from 'cockatiel';
import type { Exchange } from './exchange.ts';
import type { Repetition } from './primer-call.types.ts';
import { mayHaveArrived, mayRepeat, toPauseMs } from './repetition.policy.ts';
import { parseRetryAfter } from './retry-after.ts';

/** How one call may be repeated. */
export interface RepetitionPlan {
  readonly repetition: Repetition;
  readonly isKeyed: boolean;
  /** Tries after the first one. */
  readonly retriesMax: number;
  /** For all tries and the pauses between them. Milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends, and sends again while that is safe and there is time; a pause that would outlast the time is not begun. A try
 * that may have arrived is never forgotten: should a later one not be sent, the earlier result stands, and a later
 * answer says how many tries before it may have arrived.
 * @param send one try, with the milliseconds that are left
 */
export async function exchangeRepeatedly(
  send: (timeoutMs: number) => Promise<Exchange>,
  plan: RepetitionPlan,
): Promise<Exchange> {
  const endsAtMs = performance.now() + plan.timeoutMs;
  const tries: Exchange[] = [];
  let pauseMs = 0;
  const isWorthRepeating = (result: Exchange) => {
    pauseMs = toPauseMs(tries.length, retryAfterOf(result), Math.random());
    const isInTime = pauseMs < endsAtMs - performance.now();
    return isInTime && plan.signal?.aborted !== true && mayRepeat(plan.repetition, plan.isKeyed, result);
  };
  const policy = retry(
    handleWhenResult((result) => isWorthRepeating(result as Exchange)),
    { maxAttempts: plan.retriesMax, backoff: new ConstantBackoff(0) },
  );
  const latest = await policy.execute(async (): Promise<Exchange> => {
    const previous = tries.at(-1);
    // Paused here and not by the library, whose pauses no cancelling can cut short.
    if (previous !== undefined && !(await hasPaused(pauseMs, plan.signal))) {
      return previous;
    }
    const result = await send(endsAtMs - performance.now());
    tries.push(result);
    return result;
  });
  return toOneResult(latest, tries);
}

/** False if it was cancelled on the way. */
async function hasPaused(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await pause(ms, undefined, signal === undefined ? {} : { signal });
    return true;
  } catch {
    return false;
  }
}

function toOneResult(latest: Exchange, tries: readonly Exchange[]): Exchange {
  const arrived = tries.filter((result) => result !== latest && mayHaveArrived(result));
  if (arrived.length === 0) {
    return latest;
  }
  if (latest.kind === 'notSent') {
    return arrived.at(-1) ?? latest;
  }
  return latest.kind === 'answered' ? { ...latest, triesUnanswered: arrived.length } : latest;
}

function retryAfterOf(result: Exchange): number | undefined {
  return result.kind === 'answered' ? parseRetryAfter(result.retryAfter) : undefined;
}
