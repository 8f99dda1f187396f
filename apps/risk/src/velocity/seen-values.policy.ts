import { VELOCITY_LIMITS } from './velocity.schema.ts';

/** Bytes of a value: its digest (uint64), first and last sight (float64, Unix milliseconds). */
const VALUE_BYTES = 24;

interface Sight {
  readonly firstMs: number;
  readonly lastMs: number;
}

/**
 * The different values that a subject's attempts have named, with their first and last sight: those seen last, as many
 * as are told apart. Enough for any window: where a value was dropped, all that are left are seen later than it.
 */
export class SeenValues {
  readonly #sights = new Map<bigint, Sight>();

  constructor(packed: Buffer = Buffer.alloc(0)) {
    for (let offset = 0; offset < packed.length; offset += VALUE_BYTES) {
      this.#sights.set(packed.readBigUInt64LE(offset), {
        firstMs: packed.readDoubleLE(offset + 8),
        lastMs: packed.readDoubleLE(offset + 16),
      });
    }
  }

  see(value: bigint, atMs: number): void {
    const known = this.#sights.get(value);
    this.#sights.set(value, {
      firstMs: Math.min(atMs, known?.firstMs ?? atMs),
      lastMs: Math.max(atMs, known?.lastMs ?? atMs),
    });
    if (this.#sights.size > 2 * VELOCITY_LIMITS.distinct) this.#dropOldest();
  }

  /**
   * How many different values lie less than the window away from the instant, on both sides; never more than
   * `VELOCITY_LIMITS.distinct`. A value seen both before and after the window counts as seen within: that takes attempts
   * handled more than a window late, and never lets one through.
   */
  count(atMs: number, windowMs: number): number {
    let values = 0;
    for (const { firstMs, lastMs } of this.#sights.values()) {
      if (lastMs > atMs - windowMs && firstMs < atMs + windowMs) values += 1;
    }
    return Math.min(values, VELOCITY_LIMITS.distinct);
  }

  pack(): Buffer {
    this.#dropOldest();
    const packed = Buffer.alloc(this.#sights.size * VALUE_BYTES);
    let offset = 0;
    for (const [value, { firstMs, lastMs }] of this.#sights) {
      packed.writeBigUInt64LE(value, offset);
      packed.writeDoubleLE(firstMs, offset + 8);
      packed.writeDoubleLE(lastMs, offset + 16);
      offset += VALUE_BYTES;
    }
    return packed;
  }

  #dropOldest(): void {
    const surplus = this.#sights.size - VELOCITY_LIMITS.distinct;
    if (surplus <= 0) return;
    const oldest = [...this.#sights].sort(([, a], [, b]) => a.lastMs - b.lastMs).slice(0, surplus);
    for (const [value] of oldest) this.#sights.delete(value);
  }
}
