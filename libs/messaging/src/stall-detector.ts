/** A partition with records that are not handled yet. */
export interface Behind {
  /** `topic/partition` */
  readonly place: string;
  /** Next offset to handle. */
  readonly position: bigint;
  readonly lag: bigint;
}

/** What a consumer looks like at one moment. Milliseconds since 1970. */
export interface ConsumerLook {
  readonly nowMs: number;
  readonly behind: readonly Behind[];
  /** Places of which records are in hand, and since when. */
  readonly inHand: ReadonlyMap<string, number>;
  /** Places that pause after a retriable failure. */
  readonly backingOff: ReadonlySet<string>;
}

/** With so much in hand already, others wait for it: the next fetch comes after it. Milliseconds. */
const HELD_UP_AFTER_MS = 5_000;
/** A fetch has room for the first partitions of a backlog; with more records than this the last ones may starve. */
const CROWDED_LAG_MIN = 5_000n;

/**
 * Tells how long a consumer has left records lying: it is assigned, has nothing of the partition in hand and does not
 * move on. One partition that stands still counts, also while the others flow.
 */
export class StallDetector {
  readonly #waiting = new Map<string, { readonly position: bigint; readonly sinceMs: number }>();

  /** Looks once more. @returns how long what waits has waited; 0 when nothing does. Milliseconds. */
  look({ nowMs, behind, inHand, backingOff }: ConsumerLook): number {
    const isHeldUp = [...inHand.values()].some((sinceMs) => nowMs - sinceMs >= HELD_UP_AFTER_MS);
    const places = new Set(behind.map(({ place }) => place));
    for (const place of this.#waiting.keys()) {
      if (!places.has(place)) {
        this.#waiting.delete(place);
      }
    }
    for (const { place, position } of behind) {
      const isCaredFor = isHeldUp || inHand.has(place) || backingOff.has(place);
      if (isCaredFor || this.#waiting.get(place)?.position !== position) {
        this.#waiting.set(place, { position, sinceMs: nowMs });
      }
    }
    const waitedMs = [...this.#waiting.values()].map(({ sinceMs }) => nowMs - sinceMs);
    const lag = behind.reduce((sum, one) => sum + one.lag, 0n);
    const isCrowded = lag > CROWDED_LAG_MIN;
    return waitedMs.length === 0 ? 0 : isCrowded ? Math.min(...waitedMs) : Math.max(...waitedMs);
  }
}
