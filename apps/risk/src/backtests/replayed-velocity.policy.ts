import { KnownError } from '@tollgate/contracts';
import type { SubjectHistory } from '../fates/fate.types.ts';
import { entriesAfter, newestOf, type SealedBlock } from '../velocity/counted-entry.policy.ts';
import { SeenValues } from '../velocity/seen-values.policy.ts';
import {
  type BlockQuery,
  blockQueryKey,
  type BlockSums,
  type CountedAttempt,
  type KeyedAttempt,
  measureBatch,
  seenKey,
  seenKeysOf,
  subjectsOf,
  type SubjectUpdate,
  toBlockQueries,
  toKeyedAttempts,
  type VelocityValues,
} from '../velocity/velocity.policy.ts';
import { VELOCITY_KINDS } from '../velocity/velocity.schema.ts';
import type { VelocityKind, VelocityMeasurement } from '../velocity/velocity.types.ts';

/** Attempts that are handled so much later than the newest one are still counted exactly. Milliseconds. */
const LATE_MAX_MS = 60 * 60 * 1000;
/** About what a row takes beside what is packed in it. Bytes. */
const ROW_BYTES = 400;
/** Attempts between two searches for what no window reaches any more. */
const SWEEP_EVERY = 50_000;

/** Nobody's history is counted here. */
const NO_HISTORY: SubjectHistory = { approved: 0, aborted: 0, declined: 0, refunded: 0, disputed: 0, mismatched: [] };

interface HeldSubject {
  readonly firstSeenMs: number;
  readonly lastMs: number;
  readonly sealed: number;
  readonly recent: Buffer;
  readonly blocks: readonly SealedBlock[];
}

interface HeldValues {
  readonly packed: Buffer;
  readonly lastMs: number;
}

/**
 * Velocities counted anew over attempts in the order in which they are given, by the very code that counts live, with its
 * tables in memory: packed, without what no window reaches any more, and bounded.
 */
export class ReplayedVelocity {
  readonly #measurements: readonly VelocityMeasurement[];
  readonly #bytesMax: number;
  readonly #kinds: readonly VelocityKind[];
  readonly #reachMs: number;
  readonly #subjects = new Map<string, HeldSubject>();
  readonly #seen = new Map<string, HeldValues>();
  #bytes = 0;
  #newestMs = 0;
  #untilSweep = SWEEP_EVERY;

  constructor(measurements: readonly VelocityMeasurement[], bytesMax: number) {
    this.#measurements = measurements;
    this.#bytesMax = bytesMax;
    this.#kinds = VELOCITY_KINDS.filter((kind) => measurements.some(({ by }) => by === kind));
    this.#reachMs = Math.max(0, ...measurements.map(({ windowSeconds }) => windowSeconds * 1000)) + LATE_MAX_MS;
  }

  /** Bytes held at the moment, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @throws KnownError BACKTEST_TOO_LARGE where the windows hold more than may be kept in memory */
  measure(attempts: readonly CountedAttempt[]): VelocityValues[] {
    const measurements = this.#measurements;
    const batch = toKeyedAttempts(attempts).map((keyed) => this.#withCountedKeys(keyed));
    for (const { atMs } of attempts) this.#newestMs = Math.max(this.#newestMs, atMs);
    const subjects = subjectsOf(batch);
    const known = new Map(
      subjects.flatMap(({ key }) => {
        const held = this.#subjects.get(key);
        return held === undefined ? [] : [[key, toKnown(held)] as const];
      }),
    );
    const blocks = new Map(
      toBlockQueries(measurements, subjects, known).map((query) => [
        blockQueryKey(query),
        sumBlocks(query, this.#subjects.get(query.key)!.blocks),
      ]),
    );
    const seen = new Map(
      seenKeysOf(measurements, batch).map((key) => [
        seenKey(key),
        new SeenValues(this.#seen.get(seenKey(key))?.packed),
      ]),
    );
    const { values, updates } = measureBatch(measurements, batch, { subjects: known, blocks, seen });
    for (const update of updates) this.#keepSubject(update);
    for (const [key, sights] of seen) this.#keepSeen(key, sights);
    this.#untilSweep -= attempts.length;
    if (this.#untilSweep <= 0 || this.#bytes > this.#bytesMax) this.#sweep();
    if (this.#bytes > this.#bytesMax) {
      throw new KnownError('BACKTEST_TOO_LARGE', {
        detail: 'The windows hold more attempts than memory: try one merchant, or a set with shorter windows',
      });
    }
    return values;
  }

  /** Of what nothing is counted by nothing is kept. */
  #withCountedKeys({ attempt, keys }: KeyedAttempt): KeyedAttempt {
    return {
      attempt,
      keys: Object.fromEntries(this.#kinds.flatMap((kind) => (keys[kind] === undefined ? [] : [[kind, keys[kind]]]))),
    };
  }

  #keepSubject({ key, firstSeenMs, sealed, recent, blocks }: SubjectUpdate): void {
    const before = this.#subjects.get(key);
    const horizonMs = this.#newestMs - this.#reachMs;
    const entries = entriesAfter(recent, horizonMs);
    const all = [...(before?.blocks ?? []), ...blocks].filter(({ lastMs }) => lastMs > horizonMs);
    const lastMs = Math.max(newestOf(entries) ?? 0, ...all.map((block) => block.lastMs));
    const held = { firstSeenMs, lastMs, sealed, recent: entries, blocks: all };
    this.#subjects.set(key, held);
    this.#bytes += bytesOfSubject(held) - (before === undefined ? 0 : bytesOfSubject(before));
  }

  #keepSeen(key: string, sights: SeenValues): void {
    const before = this.#seen.get(key);
    const held = { packed: sights.pack(), lastMs: this.#newestMs };
    this.#seen.set(key, held);
    this.#bytes += bytesOfValues(held) - (before === undefined ? 0 : bytesOfValues(before));
  }

  #sweep(): void {
    this.#untilSweep = SWEEP_EVERY;
    const horizonMs = this.#newestMs - this.#reachMs;
    for (const [key, held] of this.#subjects) {
      if (held.lastMs > horizonMs) continue;
      this.#subjects.delete(key);
      this.#bytes -= bytesOfSubject(held);
    }
    for (const [key, held] of this.#seen) {
      if (held.lastMs > horizonMs) continue;
      this.#seen.delete(key);
      this.#bytes -= bytesOfValues(held);
    }
  }
}

function toKnown({ firstSeenMs, sealed, recent }: HeldSubject) {
  return { firstSeenMs, sealed, recent, history: NO_HISTORY };
}

/** What `sum-blocks.sql.ts` says, of blocks in memory. */
function sumBlocks({ fromMs, toMs, insideFromMs, insideToMs }: BlockQuery, blocks: readonly SealedBlock[]) {
  const touched = blocks.filter(({ firstMs, lastMs }) => lastMs > fromMs && firstMs < toMs);
  return [...Map.groupBy(touched, ({ currency }) => currency)].map(([currency, ofCurrency]): BlockSums => {
    const isInside = ({ firstMs, lastMs }: SealedBlock) => firstMs > insideFromMs && lastMs < insideToMs;
    const inside = ofCurrency.filter(isInside);
    return {
      currency,
      attempts: inside.reduce((sum, { attempts }) => sum + attempts, 0),
      amountMinor: inside.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      edges: Buffer.concat(ofCurrency.filter((block) => !isInside(block)).map(({ entries }) => entries)),
    };
  });
}

function bytesOfSubject({ recent, blocks }: HeldSubject): number {
  return blocks.reduce((sum, { entries }) => sum + entries.length + ROW_BYTES, ROW_BYTES + recent.length);
}

function bytesOfValues({ packed }: HeldValues): number {
  return ROW_BYTES + packed.length;
}
