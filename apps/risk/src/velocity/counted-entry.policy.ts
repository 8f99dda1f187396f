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
const BLOCK_ENTRY_BYTES = 16;
const CURRENCY_BYTES = 3;
const ENTRY_BYTES = BLOCK_ENTRY_BYTES + CURRENCY_BYTES;

/** Entries a block holds: few for those seldom seen, more for whoever has many blocks to read. */
const BLOCK_ENTRIES_MIN = 64;
const BLOCK_ENTRIES_MAX = 1_024;
/** How many blocks a subject has before its blocks grow. */
const BLOCKS_BEFORE_GROWTH = 256;

/** Packs entries, oldest first. */
export function packEntries(entries: readonly CountedEntry[]): Buffer {
  const packed = Buffer.alloc(entries.length * ENTRY_BYTES);
  for (const [index, { atMs, amountMinor, currency }] of entries.entries()) {
    const offset = index * ENTRY_BYTES;
    packed.writeDoubleLE(atMs, offset);
    packed.writeBigUInt64LE(amountMinor, offset + 8);
    packed.write(currency, offset + BLOCK_ENTRY_BYTES, CURRENCY_BYTES, 'latin1');
  }
  return packed;
}

export function unpackEntries(packed: Buffer): CountedEntry[] {
  const entries: CountedEntry[] = [];
  for (let offset = 0; offset < packed.length; offset += ENTRY_BYTES) {
    entries.push({
      atMs: packed.readDoubleLE(offset),
      amountMinor: packed.readBigUInt64LE(offset + 8),
      currency: packed.toString('latin1', offset + BLOCK_ENTRY_BYTES, offset + ENTRY_BYTES),
    });
  }
  return entries;
}

/** The entries of one or several blocks of a currency, one after the other. */
export function unpackBlockEntries(packed: Buffer, currency: string): CountedEntry[] {
  const entries: CountedEntry[] = [];
  for (let offset = 0; offset < packed.length; offset += BLOCK_ENTRY_BYTES) {
    entries.push({ atMs: packed.readDoubleLE(offset), amountMinor: packed.readBigUInt64LE(offset + 8), currency });
  }
  return entries;
}

/**
 * Moves the older half of a subject's entries to blocks once there are too many to be rewritten with each attempt.
 * @param entries oldest first
 * @param sealed how many of the subject's entries lie in blocks already
 */
export function sealOldest(
  entries: readonly CountedEntry[],
  sealed: number,
): { readonly kept: readonly CountedEntry[]; readonly blocks: readonly SealedBlock[] } {
  const size = blockSize(sealed);
  if (entries.length < 2 * size) return { kept: entries, blocks: [] };
  const moved = entries.slice(0, entries.length - size);
  const blocks = [...Map.groupBy(moved, ({ currency }) => currency).values()].flatMap((ofCurrency) =>
    Array.from({ length: Math.ceil(ofCurrency.length / BLOCK_ENTRIES_MAX) }, (_, index) =>
      toBlock(ofCurrency.slice(index * BLOCK_ENTRIES_MAX, (index + 1) * BLOCK_ENTRIES_MAX)),
    ),
  );
  return { kept: entries.slice(entries.length - size), blocks };
}

/** Doubles with the subject's history, so that the number of blocks a window reads grows slowly. */
function blockSize(sealed: number): number {
  let size = BLOCK_ENTRIES_MIN;
  while (size < BLOCK_ENTRIES_MAX && size * BLOCKS_BEFORE_GROWTH < sealed) size *= 2;
  return size;
}

function toBlock(entries: readonly CountedEntry[]): SealedBlock {
  const packed = Buffer.alloc(entries.length * BLOCK_ENTRY_BYTES);
  for (const [index, { atMs, amountMinor }] of entries.entries()) {
    packed.writeDoubleLE(atMs, index * BLOCK_ENTRY_BYTES);
    packed.writeBigUInt64LE(amountMinor, index * BLOCK_ENTRY_BYTES + 8);
  }
  return {
    currency: entries[0]!.currency,
    firstMs: entries[0]!.atMs,
    lastMs: entries.at(-1)!.atMs,
    attempts: entries.length,
    amountMinor: entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    entries: packed,
  };
}
