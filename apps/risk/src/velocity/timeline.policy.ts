import {
  BLOCK_ENTRY_BYTES,
  type CountedEntry,
  ENTRY_BYTES,
  packBlockEntries,
  readCurrencyCode,
  toCurrencyCode,
  unpackBlockEntries,
  writeEntry,
} from './counted-entry.policy.ts';

const NOTHING = Buffer.alloc(0);
/** Room for so many entries more is made at once. */
const ROOM_ENTRIES = 8;

/**
 * Entries in order of time, of which any window is counted or summed in logarithmic time. They stay packed: most of what a
 * batch reads is searched, and handed back, without ever being looked at one by one.
 */
export class Timeline {
  #packed: Buffer;
  #length: number;
  readonly #entryBytes: number;
  /** That of all entries; undefined where each says its own. */
  readonly #currency: string | undefined;
  /** Sums of the first n entries, by currency; made when a currency is first asked for. */
  readonly #sums = new Map<string, bigint[]>();

  private constructor(packed: Buffer, entryBytes: number, currency?: string) {
    this.#packed = packed;
    this.#entryBytes = entryBytes;
    this.#length = packed.length / entryBytes;
    this.#currency = currency;
  }

  /** @param packed entries of a subject's row, oldest first; they are not changed */
  static ofRow(packed: Buffer = NOTHING): Timeline {
    return new Timeline(packed, ENTRY_BYTES);
  }

  /** @param packed entries of one or several blocks of a currency, one block after the other */
  static ofBlocks(packed: Buffer, currency: string): Timeline {
    const timeline = new Timeline(packed, BLOCK_ENTRY_BYTES, currency);
    if (timeline.#isInOrder()) return timeline;
    // Late arrivals let the spans of blocks overlap.
    const sorted = unpackBlockEntries(packed).toSorted((a, b) => a.atMs - b.atMs);
    return new Timeline(packBlockEntries(sorted), BLOCK_ENTRY_BYTES, currency);
  }

  /** Oldest first. */
  get packed(): Buffer {
    return this.#packed.subarray(0, this.#length * this.#entryBytes);
  }

  /** Of a row's timeline. */
  add(entry: CountedEntry): void {
    const place = this.#firstAfter(entry.atMs);
    const isLast = place === this.#length;
    this.#makeRoomAt(place);
    writeEntry(this.#packed, place * ENTRY_BYTES, entry);
    if (!isLast) {
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
      const code = toCurrencyCode(currency);
      for (let index = 0; index < this.#length; index += 1) {
        const offset = index * this.#entryBytes;
        const isAsked =
          this.#currency === undefined ? readCurrencyCode(this.#packed, offset) === code : this.#currency === currency;
        sums.push(sums[index]! + (isAsked ? this.#packed.readBigUInt64LE(offset + 8) : 0n));
      }
      this.#sums.set(currency, sums);
    }
    return sums;
  }

  #makeRoomAt(place: number): void {
    const [start, end] = [place * ENTRY_BYTES, this.#length * ENTRY_BYTES];
    // What was given has no room, so that it is copied, and not changed, the first time.
    if (this.#packed.length < end + ENTRY_BYTES) {
      const roomier = Buffer.alloc(end + Math.max(end, ROOM_ENTRIES * ENTRY_BYTES));
      this.#packed.copy(roomier, 0, 0, end);
      this.#packed = roomier;
    }
    this.#packed.copyWithin(start + ENTRY_BYTES, start, end);
    this.#length += 1;
  }

  #isInOrder(): boolean {
    for (let index = 1; index < this.#length; index += 1) {
      if (this.#instantAt(index - 1) > this.#instantAt(index)) return false;
    }
    return true;
  }

  #instantAt(index: number): number {
    return this.#packed.readDoubleLE(index * this.#entryBytes);
  }

  /** Index of the first entry at the instant or later. */
  #firstFrom(atMs: number): number {
    return this.#search((instantMs) => instantMs >= atMs);
  }

  /** Index of the first entry later than the instant. */
  #firstAfter(atMs: number): number {
    return this.#search((instantMs) => instantMs > atMs);
  }

  /** Most searches end at the newest entries: it gallops back from the end before it halves. */
  #search(isBehind: (instantMs: number) => boolean): number {
    let high = this.#length;
    let step = 1;
    while (high - step >= 0 && isBehind(this.#instantAt(high - step))) {
      high -= step;
      step *= 2;
    }
    let low = Math.max(0, high - step);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBehind(this.#instantAt(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
