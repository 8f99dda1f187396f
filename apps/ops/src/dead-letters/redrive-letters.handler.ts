import { setTimeout as delay } from 'node:timers/promises';
import type { AssessedLetter, DeadLetterBox, RedriveProgress } from '@tollgate/messaging';

/** What became of letters that were sent again. */
export interface RedriveResult extends RedriveProgress {
  readonly handled: number;
  readonly diedAgain: number;
  /** Not handled within the wait: their consumer is down or behind. */
  readonly pending: number;
}

const POLL_MS = 500;

/** Sends letters again and waits for what their consumers make of them. */
export class RedriveLettersHandler {
  constructor(private readonly box: DeadLetterBox) {}

  /**
   * @param options.waitMs how long to wait for the consumers; 0 = not at all
   * @throws KnownError BROKER_UNAVAILABLE, DATABASE_UNAVAILABLE
   */
  async redrive(
    letters: readonly AssessedLetter[],
    options: { by: string; waitMs: number; onProgress: (text: string) => void },
  ): Promise<RedriveResult> {
    const { by, waitMs, onProgress } = options;
    const ids = new Set(letters.map(({ id }) => id));
    const progress = await this.box.redrive(ids, { by }, ({ sent }) => {
      onProgress(`sent ${sent} of ${letters.length}`);
    });
    const refused = new Set(progress.refused.map(({ id }) => id));
    const sent = new Set([...ids].filter((id) => !refused.has(id)));
    const giveUpAt = Date.now() + waitMs;
    for (;;) {
      const result = { ...progress, ...(await this.#count(sent)) };
      if (result.pending === 0 || Date.now() >= giveUpAt) {
        return result;
      }
      onProgress(`handled ${result.handled} of ${progress.sent}`);
      await delay(POLL_MS);
    }
  }

  async #count(ids: ReadonlySet<string>): Promise<Pick<RedriveResult, 'handled' | 'diedAgain' | 'pending'>> {
    const states = (await this.box.list()).filter(({ id }) => ids.has(id)).map(({ state }) => state);
    const handled = states.filter((state) => state === 'handled').length;
    const diedAgain = states.filter((state) => state === 'superseded').length;
    return { handled, diedAgain, pending: states.length - handled - diedAgain };
  }
}
