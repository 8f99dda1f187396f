import { toBackoffMs } from './read-back.policy.ts';

/** First pause after a merchant's calls failed, and the longest one. Milliseconds. */
const PAUSE_FIRST_MS = 1_000;
const PAUSE_MAX_MS = 30_000;

interface Pause {
  readonly untilMs: number;
  /** Calls in a row that led nowhere. */
  readonly failures: number;
  readonly pauses: number;
}

const NONE: Pause = { untilMs: -Infinity, failures: 0, pauses: 0 };

/** Merchants whose calls lead nowhere for now: Primer is away, or does not take their key. */
export class MerchantPauses {
  private readonly pauses = new Map<string, Pause>();

  /** @param failuresMin after so many calls in a row that led nowhere a merchant is left alone */
  constructor(private readonly failuresMin: number) {}

  /** Merchants to leave alone at this moment. */
  pausedAt(nowMs: number): string[] {
    return [...this.pauses].filter(([, pause]) => pause.untilMs > nowMs).map(([merchantId]) => merchantId);
  }

  /**
   * A call for the merchant brought nothing. What was under way when a pause began does not make it longer.
   * @returns the length in milliseconds of the pause that begins with it, should one begin
   */
  pause(merchantId: string, nowMs: number): number | undefined {
    const before = this.pauses.get(merchantId) ?? NONE;
    if (before.untilMs > nowMs) return undefined;
    const failures = before.failures + 1;
    if (failures < this.failuresMin) {
      this.pauses.set(merchantId, { ...before, failures });
      return undefined;
    }
    const pauses = before.pauses + 1;
    const pauseMs = Math.min(toBackoffMs(pauses, PAUSE_FIRST_MS), PAUSE_MAX_MS);
    this.pauses.set(merchantId, { untilMs: nowMs + pauseMs, failures, pauses });
    return pauseMs;
  }

  /** A call was answered. */
  resume(merchantId: string): void {
    this.pauses.delete(merchantId);
  }
}
