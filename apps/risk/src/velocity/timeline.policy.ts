import type { CountedEntry } from './counted-entry.policy.ts';

/** Entries in order of time, of which any window is counted or summed in logarithmic time. */
export class Timeline {
  readonly #entries: CountedEntry[];
  /** Sums of the first n entries, by currency; made when a currency is first asked for. */
  readonly #sums = new Map<string, bigint[]>();

  constructor(entries: readonly CountedEntry[]) {
    this.#entries = [...entries].sort((a, b) => a.atMs - b.atMs);
  }

  /** Oldest first. */
  get entries(): readonly CountedEntry[] {
    return this.#entries;
  }

  add(entry: CountedEntry): void {
    const place = this.#firstAfter(entry.atMs);
    this.#entries.splice(place, 0, entry);
    if (place < this.#entries.length - 1) {
      // Out of order, which is rare: the sums behind it are made again when they are next needed.
      this.#sums.clear();
      return;
    }
    for (const [currency, sums] of this.#sums) {
      sums.push(sums.at(-1)! + (entry.currency === currency ? entry.amountMinor : 0n));
    }
  }

  /** Entries less than the window away from the instant, on both sides. */
  count(atMs: number, windowMs: number): number {
    return this.#firstFrom(atMs + windowMs) - this.#firstAfter(atMs - windowMs);
  }

  /** What those of the currency come to. */
  sum(atMs: number, windowMs: number, currency: string): bigint {
    const sums = this.#sumsOf(currency);
    return sums[this.#firstFrom(atMs + windowMs)]! - sums[this.#firstAfter(atMs - windowMs)]!;
  }

  #sumsOf(currency: string): bigint[] {
    let sums = this.#sums.get(currency);
    if (sums === undefined) {
      sums = [0n];
      for (const entry of this.#entries) {
        sums.push(sums.at(-1)! + (entry.currency === currency ? entry.amountMinor : 0n));
      }
      this.#sums.set(currency, sums);
    }
    return sums;
  }

  /** Index of the first entry at the instant or later. */
  #firstFrom(atMs: number): number {
    return this.#search((entry) => entry.atMs >= atMs);
  }

  /** Index of the first entry later than the instant. */
  #firstAfter(atMs: number): number {
    return this.#search((entry) => entry.atMs > atMs);
  }

  /** Most searches end at the newest entries: it gallops back from the end before it halves. */
  #search(isBehind: (entry: CountedEntry) => boolean): number {
    let high = this.#entries.length;
    let step = 1;
    while (high - step >= 0 && isBehind(this.#entries[high - step]!)) {
      high -= step;
      step *= 2;
    }
    let low = Math.max(0, high - step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(this.#entries[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
