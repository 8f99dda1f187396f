/** What velocity keeps of an attempt, with each of its subjects. */
export interface CountedEntry {
  /** Its first receipt, Unix milliseconds. */
  readonly atMs: number;
  /** Up to 19 digits: it fits 64 bits without a sign. */
  readonly amountMinor: bigint;
  /** ISO 4217: three letters. */
  readonly currency: string;
}

/** Entries moved to a block of their own, all of one currency. */
export interface SealedBlock {
  readonly currency: string;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly attempts: number;
  readonly amountMinor: bigint;
  readonly entries: Buffer;
}

/** Bytes of an entry: an instant (float64), an amount (uint64), and, outside of blocks, a currency. */
export const BLOCK_ENTRY_BYTES = 16;
const CURRENCY_BYTES = 3;
export const ENTRY_BYTES = BLOCK_ENTRY_BYTES + CURRENCY_BYTES;

/** Entries a block holds: few for those seldom seen, more for whoever has many blocks to read. */
const BLOCK_ENTRIES_MIN = 64;
const BLOCK_ENTRIES_MAX = 1_024;
/** How many blocks a subject has before its blocks grow. */
const BLOCKS_BEFORE_GROWTH = 256;
/** The newest entries stay in the subject's row, which is rewritten with each attempt: what comes late still joins them. */
const KEPT_ENTRIES = 32;

/** The entries of a subject's row, oldest first. */
export function unpackEntries(packed: Buffer): CountedEntry[] {
  const entries: CountedEntry[] = [];
  for (let offset = 0; offset < packed.length; offset += ENTRY_BYTES) {
    entries.push({
      ...readBlockEntry(packed, offset),
      currency: packed.toString('latin1', offset + BLOCK_ENTRY_BYTES, offset + ENTRY_BYTES),
    });
  }
  return entries;
}

/** A row's entries later than the instant, in a buffer of their own. */
export function entriesAfter(packed: Buffer, instantMs: number): Buffer {
  let start = 0;
  while (start < packed.length && packed.readDoubleLE(start) <= instantMs) start += ENTRY_BYTES;
  return Buffer.from(packed.subarray(start));
}

/** The instant of a row's newest entry, Unix milliseconds; undefined where it has none. */
export function newestOf(packed: Buffer): number | undefined {
  return packed.length === 0 ? undefined : packed.readDoubleLE(packed.length - ENTRY_BYTES);
}

export function writeEntry(packed: Buffer, offset: number, entry: CountedEntry): void {
  writeBlockEntry(packed, offset, entry);
  packed.write(entry.currency, offset + BLOCK_ENTRY_BYTES, CURRENCY_BYTES, 'latin1');
}

/** Packs what a block says of its entries one by one, oldest first. */
export function packBlockEntries(entries: ReadonlyArray<Omit<CountedEntry, 'currency'>>): Buffer {
  const packed = Buffer.alloc(entries.length * BLOCK_ENTRY_BYTES);
  for (const [index, entry] of entries.entries()) writeBlockEntry(packed, index * BLOCK_ENTRY_BYTES, entry);
  return packed;
}

export function unpackBlockEntries(packed: Buffer): Array<Omit<CountedEntry, 'currency'>> {
  return Array.from({ length: packed.length / BLOCK_ENTRY_BYTES }, (_, index) =>
    readBlockEntry(packed, index * BLOCK_ENTRY_BYTES),
  );
}

/** A currency as the number its letters are in a packed entry. */
export function toCurrencyCode(currency: string): number {
  return Buffer.from(currency, 'latin1').readUIntBE(0, CURRENCY_BYTES);
}

export function readCurrencyCode(packed: Buffer, offset: number): number {
  return packed.readUIntBE(offset + BLOCK_ENTRY_BYTES, CURRENCY_BYTES);
}

/**
 * Moves the oldest of a subject's entries to blocks once there are too many to be rewritten with each attempt.
 * @param packed its row's entries, oldest first
 * @param sealed how many of the subject's entries lie in blocks already
 */
export function sealOldest(
  packed: Buffer,
  sealed: number,
): { readonly kept: Buffer; readonly blocks: readonly SealedBlock[] } {
  const moving = packed.length / ENTRY_BYTES - KEPT_ENTRIES;
  if (moving < blockSize(sealed)) return { kept: packed, blocks: [] };
  const moved = unpackEntries(packed.subarray(0, moving * ENTRY_BYTES));
  const blocks = [...Map.groupBy(moved, ({ currency }) => currency).values()].flatMap((ofCurrency) =>
    Array.from({ length: Math.ceil(ofCurrency.length / BLOCK_ENTRIES_MAX) }, (_, index) =>
      toBlock(ofCurrency.slice(index * BLOCK_ENTRIES_MAX, (index + 1) * BLOCK_ENTRIES_MAX)),
    ),
  );
  return { kept: packed.subarray(moving * ENTRY_BYTES), blocks };
}

/** Doubles with the subject's history, so that the number of blocks a window reads grows slowly. */
function blockSize(sealed: number): number {
  let size = BLOCK_ENTRIES_MIN;
  while (size < BLOCK_ENTRIES_MAX && size * BLOCKS_BEFORE_GROWTH < sealed) size *= 2;
  return size;
}

function toBlock(entries: readonly CountedEntry[]): SealedBlock {
  return {
    currency: entries[0]!.currency,
    firstMs: entries[0]!.atMs,
    lastMs: entries.at(-1)!.atMs,
    attempts: entries.length,
    amountMinor: entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    entries: packBlockEntries(entries),
  };
}

function writeBlockEntry(packed: Buffer, offset: number, { atMs, amountMinor }: Omit<CountedEntry, 'currency'>): void {
  packed.writeDoubleLE(atMs, offset);
  packed.writeBigUInt64LE(amountMinor, offset + 8);
}

function readBlockEntry(packed: Buffer, offset: number): Omit<CountedEntry, 'currency'> {
  return { atMs: packed.readDoubleLE(offset), amountMinor: packed.readBigUInt64LE(offset + 8) };
}
