import { toBackoffMs } from './read-back.policy.ts';

/** First pause after a merchant's calls failed, and the longest one. Milliseconds. */
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

/** Merchants whose calls lead nowhere for now: Primer is away, or does not take their key. */
export class MerchantPauses {
  private readonly pauses = new Map<string, { untilMs: number; tries: number }>();

  /** Merchants to leave alone at this moment. */
  pausedAt(nowMs: number): string[] {
    return [...this.pauses].filter(([, pause]) => pause.untilMs > nowMs).map(([merchantId]) => merchantId);
  }

  /** A round of calls for the merchant brought nothing. @returns the length of the pause in milliseconds */
  pause(merchantId: string, nowMs: number): number {
    const tries = (this.pauses.get(merchantId)?.tries ?? 0) + 1;
    const pauseMs = Math.min(toBackoffMs(tries, PAUSE_FIRST_MS), PAUSE_MAX_MS);
    this.pauses.set(merchantId, { untilMs: nowMs + pauseMs, tries });
    return pauseMs;
  }

  /** A call was answered. */
  resume(merchantId: string): void {
    this.pauses.delete(merchantId);
  }
}
