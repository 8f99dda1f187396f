import type { SubjectHistory } from '../fates/fate.types.ts';
import { type CountedEntry, type SealedBlock, sealOldest } from './counted-entry.policy.ts';
import type { SeenValues } from './seen-values.policy.ts';
import { toSubjectKey, toValueDigest } from './subject-key.policy.ts';
import { Timeline } from './timeline.policy.ts';
import { velocityFeature } from './velocity-feature.policy.ts';
import { VELOCITY_KINDS } from './velocity.schema.ts';
import type { VelocityKind, VelocityMeasurement } from './velocity.types.ts';

/** An attempt as velocity sees it. */
export interface CountedAttempt extends CountedEntry {
  readonly merchantId: string;
  /** What it names of each kind; personal values as keyed hashes. */
  readonly values: Readonly<Record<VelocityKind, string | null>>;
}

/** An attempt with the keys of its subjects. */
export interface KeyedAttempt {
  readonly attempt: CountedAttempt;
  readonly keys: Readonly<Partial<Record<VelocityKind, string>>>;
}

/** The values of one kind that a subject's attempts have named. */
export interface SeenKey {
  readonly key: string;
  readonly of: VelocityKind;
}

/** A subject of the batch. */
export interface BatchSubject {
  readonly key: string;
  readonly kind: VelocityKind;
  /** First and last instant of its attempts in the batch, Unix milliseconds. */
  readonly firstMs: number;
  readonly lastMs: number;
}

/** What is known of a subject before the batch. */
export interface KnownSubject {
  readonly firstSeenMs: number;
  /** Entries that lie in blocks. */
  readonly sealed: number;
  /** Its entries outside of blocks, packed, oldest first. */
  readonly recent: Buffer;
  readonly history: SubjectHistory;
}

/** A window to be read from a subject's blocks, for all its attempts of the batch at once. */
export interface BlockQuery {
  readonly feature: string;
  readonly key: string;
  /** Whatever lies between these two, both left out, is in the window of some attempt … */
  readonly fromMs: number;
  readonly toMs: number;
  /** … and what lies between these, in the window of every one: such blocks are only summed. */
  readonly insideFromMs: number;
  readonly insideToMs: number;
}

/** What the blocks say to a {@link BlockQuery}, by currency. */
export interface BlockSums {
  readonly currency: string;
  readonly attempts: number;
  readonly amountMinor: bigint;
  /** Entries of the blocks at the window's edges, to be compared one by one. */
  readonly edges: Buffer;
}

/** Everything that a batch's velocities are measured from. It is brought up to date by {@link measureBatch}. */
export interface VelocityState {
  readonly subjects: ReadonlyMap<string, KnownSubject>;
  /** By {@link blockQueryKey}. */
  readonly blocks: ReadonlyMap<string, readonly BlockSums[]>;
  /** By {@link seenKey}. */
  readonly seen: ReadonlyMap<string, SeenValues>;
}

/** Velocities by feature name; null where the attempt has nothing to count by. Sums are decimal strings. */
export type VelocityValues = Readonly<Record<string, number | string | null>>;

/** A subject's row as a batch leaves it. */
export interface SubjectUpdate {
  readonly key: string;
  readonly kind: VelocityKind;
  readonly firstSeenMs: number;
  readonly sealed: number;
  /** Its entries outside of blocks, packed, oldest first. */
  readonly recent: Buffer;
  readonly blocks: readonly SealedBlock[];
}

/** The keys of an attempt's subjects are made once: each is a hash. */
export function toKeyedAttempts(attempts: readonly CountedAttempt[]): KeyedAttempt[] {
  return attempts.map((attempt) => ({
    attempt,
    keys: Object.fromEntries(
      VELOCITY_KINDS.flatMap((kind) => {
        const value = attempt.values[kind];
        return value === null ? [] : [[kind, toSubjectKey({ merchantId: attempt.merchantId, kind, value })]];
      }),
    ),
  }));
}

/** The subjects of a batch, each once, in the one order in which every instance writes them. */
export function subjectsOf(batch: readonly KeyedAttempt[]): BatchSubject[] {
  const subjects = new Map<string, BatchSubject>();
  for (const { attempt, keys } of batch) {
    for (const kind of VELOCITY_KINDS) {
      const key = keys[kind];
      if (key === undefined) continue;
      const known = subjects.get(key);
      subjects.set(key, {
        key,
        kind,
        firstMs: Math.min(attempt.atMs, known?.firstMs ?? attempt.atMs),
        lastMs: Math.max(attempt.atMs, known?.lastMs ?? attempt.atMs),
      });
    }
  }
  return [...subjects.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/** What the batch's distinct velocities are counted from: each once and in order. */
export function seenKeysOf(measurements: readonly VelocityMeasurement[], batch: readonly KeyedAttempt[]): SeenKey[] {
  const seen = new Map<string, SeenKey>();
  for (const { by, of } of measurements) {
    if (of === undefined) continue;
    for (const { keys } of batch) {
      const key = keys[by];
      if (key !== undefined) seen.set(seenKey({ key, of }), { key, of });
    }
  }
  return [...seen.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key);
}

/** Under which key {@link VelocityState.seen} has a subject's values of a kind. */
export function seenKey({ key, of }: SeenKey): string {
  return `${key} ${of}`;
}

/** What has to be read from blocks: of those subjects alone that have any. */
export function toBlockQueries(
  measurements: readonly VelocityMeasurement[],
  subjects: readonly BatchSubject[],
  known: ReadonlyMap<string, KnownSubject>,
): BlockQuery[] {
  const inBlocks = subjects.filter(({ key }) => (known.get(key)?.sealed ?? 0) > 0);
  return measurements
    .filter(({ of }) => of === undefined)
    .flatMap((measurement) => {
      const windowMs = measurement.windowSeconds * 1000;
      return inBlocks
        .filter(({ kind }) => kind === measurement.by)
        .map(({ key, firstMs, lastMs }) => ({
          feature: velocityFeature(measurement),
          key,
          fromMs: firstMs - windowMs,
          toMs: lastMs + windowMs,
          insideFromMs: lastMs - windowMs,
          insideToMs: firstMs + windowMs,
        }));
    });
}

/** Under which key {@link VelocityState.blocks} has the answer to a query. */
export function blockQueryKey({ feature, key }: Pick<BlockQuery, 'feature' | 'key'>): string {
  return `${feature} ${key}`;
}

/**
 * Measures each attempt of a batch over those handled before it, here or in an earlier batch, that lie less than the
 * window from it, and itself. In order of time that is "in the last window". Out of order (a backlog, a replay) it
 * also takes in what happened up to a window later, so that in no window more than `limit` attempts ever see a count
 * within the limit, whatever the order they were handled in.
 */
export function measureBatch(
  measurements: readonly VelocityMeasurement[],
  batch: readonly KeyedAttempt[],
  state: VelocityState,
): { readonly values: VelocityValues[]; readonly updates: SubjectUpdate[] } {
  const subjects = subjectsOf(batch);
  const timelines = new Map(subjects.map(({ key }) => [key, Timeline.ofRow(state.subjects.get(key)?.recent)] as const));
  const meters = measurements.map((measurement) => toMeter(measurement, state, timelines));
  const values = batch.map((keyed) => {
    const { atMs, amountMinor, currency } = keyed.attempt;
    for (const key of Object.values(keyed.keys)) timelines.get(key)!.add({ atMs, amountMinor, currency });
    return Object.fromEntries(meters.map(({ feature, measure }) => [feature, measure(keyed)]));
  });
  const updates = subjects.map(({ key, kind, firstMs }) => {
    const known = state.subjects.get(key);
    const sealed = known?.sealed ?? 0;
    const { kept, blocks } = sealOldest(timelines.get(key)!.packed, sealed);
    return {
      key,
      kind,
      firstSeenMs: Math.min(firstMs, known?.firstSeenMs ?? firstMs),
      sealed: sealed + blocks.reduce((total, block) => total + block.attempts, 0),
      recent: kept,
      blocks,
    };
  });
  return { values, updates };
}

interface Meter {
  readonly feature: string;
  readonly measure: (keyed: KeyedAttempt) => number | string | null;
}

function toMeter(
  measurement: VelocityMeasurement,
  state: VelocityState,
  timelines: ReadonlyMap<string, Timeline>,
): Meter {
  const { by, of } = measurement;
  const feature = velocityFeature(measurement);
  const windowMs = measurement.windowSeconds * 1000;
  const edges = new Map<string, readonly Timeline[]>();
  const blocksOf = (key: string): readonly BlockSums[] => state.blocks.get(blockQueryKey({ feature, key })) ?? [];
  const edgesOf = (key: string): readonly Timeline[] => {
    const known = edges.get(key) ?? toEdges(blocksOf(key));
    edges.set(key, known);
    return known;
  };
  const measure = ({ attempt, keys }: KeyedAttempt): number | string | null => {
    const key = keys[by];
    if (key === undefined) return null;
    if (of !== undefined) return countDistinct(attempt, state.seen.get(seenKey({ key, of }))!, of, windowMs);
    const { atMs, currency } = attempt;
    const recent = timelines.get(key)!;
    if (measurement.measure === 'sum') {
      const inside = blocksOf(key).find((block) => block.currency === currency)?.amountMinor ?? 0n;
      const atEdges = edgesOf(key).reduce((total, edge) => total + edge.sum(atMs, windowMs, currency), 0n);
      return (inside + atEdges + recent.sum(atMs, windowMs, currency)).toString();
    }
    const inside = blocksOf(key).reduce((total, block) => total + block.attempts, 0);
    const atEdges = edgesOf(key).reduce((total, edge) => total + edge.count(atMs, windowMs), 0);
    return inside + atEdges + recent.count(atMs, windowMs);
  };
  return { feature, measure };
}

function toEdges(blocks: readonly BlockSums[]): Timeline[] {
  return blocks.map(({ edges, currency }) => Timeline.ofBlocks(edges, currency));
}

/** An attempt that names no value adds none, and is measured by those of the others. */
function countDistinct(attempt: CountedAttempt, seen: SeenValues, of: VelocityKind, windowMs: number): number {
  const value = attempt.values[of];
  if (value !== null) seen.see(toValueDigest(value), attempt.atMs);
  return seen.count(attempt.atMs, windowMs);
}
