import type { Exchange, LossReason } from './exchange.ts';
import type { Repetition } from './primer-call.types.ts';

/** First pause before a repetition; it doubles. Milliseconds. */
const PAUSE_MS = 200;
const PAUSE_MS_MAX = 5_000;

/** Nothing left, and trying again may help. The others are limits of ours, or the caller's own wish. */
const UNSENT_WORTH_REPEATING: ReadonlySet<LossReason> = new Set(['connect-failed']);

/** A byte may have left, and trying again may help. */
const LOST_WORTH_REPEATING: ReadonlySet<LossReason> = new Set(['connection-lost', 'answer-not-http']);

/**
 * Whether sending again can neither have a second effect nor hide the first. What surely did not arrive may always be
 * sent again; what may have arrived, only where the documents say that a repetition does nothing more.
 * @param isKeyed an idempotency key is sent
 */
export function mayRepeat(repetition: Repetition, isKeyed: boolean, result: Exchange): boolean {
  if (result.kind === 'notSent') {
    return UNSENT_WORTH_REPEATING.has(result.reason);
  }
  const isSafe = repetition === 'read' || repetition === 'converging' || (repetition === 'keyed' && isKeyed);
  if (!isSafe) {
    return false;
  }
  return result.kind === 'lost'
    ? LOST_WORTH_REPEATING.has(result.reason)
    : result.status === 408 || result.status === 429 || result.status >= 500;
}

/** True for a try whose effect may have happened though no whole answer says so. */
export function mayHaveArrived(result: Exchange): boolean {
  return result.kind === 'lost' || (result.kind === 'answered' && (result.status === 408 || result.status >= 500));
}

/**
 * Milliseconds to wait before the next try: what Primer asks for, or 0.2 s doubling up to 5 s of which a random half is
 * left out, so that callers who failed together do not come back together.
 * @param triesMade 1 or more
 * @param random 0 … 1
 */
export function toPauseMs(triesMade: number, retryAfterMs: number | undefined, random: number): number {
  const ownMs = Math.min(PAUSE_MS * 2 ** (triesMade - 1), PAUSE_MS_MAX) * (1 - random / 2);
  return Math.max(ownMs, retryAfterMs ?? 0);
}
