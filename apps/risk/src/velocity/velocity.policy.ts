import { velocityFeature } from './velocity-feature.policy.ts';
import type { VelocityKind, VelocityMeasurement } from './velocity.types.ts';

/** What attempts are counted by: one merchant's customer or card. */
export interface VelocitySubject {
  readonly merchantId: string;
  readonly kind: VelocityKind;
  readonly subject: string;
}

/** An attempt as velocity sees it. */
export interface CountedAttempt {
  readonly merchantId: string;
  /** Its first receipt: counts go by event time, so that a backlog is judged like live traffic. Unix milliseconds. */
  readonly atMs: number;
  readonly customer: string | null;
  readonly card: string | null;
}

/**
 * What to read for one subject and window, for all attempts of a batch at once. Whole seconds between the edges lie
 * within the window of every attempt, and are only summed; at the edges single attempts are compared.
 */
export interface WindowQuery extends VelocitySubject {
  readonly name: string;
  readonly fromSecond: number;
  /** Up to and with this second: the edge of the past. */
  readonly pastEdgeSecond: number;
  /** From this second on: the edge of what was handled before, though it happened later. */
  readonly futureEdgeSecond: number;
  readonly toSecond: number;
}

/** What earlier batches have recorded for one {@link WindowQuery}. */
export interface WindowCount {
  readonly inside: number;
  /** Unix milliseconds of each attempt at the edges. */
  readonly edgesMs: readonly number[];
}

/** Counts by feature name; null where the attempt has nothing to count by. */
export type VelocityCounts = Readonly<Record<string, number | null>>;

/** The subjects of a batch, each once, in the one order in which every instance locks them. */
export function subjectsOf(
  definitions: readonly VelocityMeasurement[],
  attempts: readonly CountedAttempt[],
): VelocitySubject[] {
  const kinds = [...new Set(definitions.map(({ by }) => by))];
  const subjects = new Map<string, VelocitySubject>();
  for (const attempt of attempts) {
    for (const kind of kinds) {
      const subject = toSubject(attempt, kind);
      if (subject !== undefined) subjects.set(subjectKey(subject), subject);
    }
  }
  return [...subjects.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, subject]) => subject);
}

/** What has to be read to count a batch. */
export function toWindowQueries(
  definitions: readonly VelocityMeasurement[],
  attempts: readonly CountedAttempt[],
): WindowQuery[] {
  return definitions.flatMap((definition) => {
    const { by, windowSeconds } = definition;
    const name = velocityFeature(definition);
    const spans = new Map<string, VelocitySubject & { firstMs: number; lastMs: number }>();
    for (const attempt of attempts) {
      const subject = toSubject(attempt, by);
      if (subject === undefined) continue;
      const span = spans.get(subjectKey(subject));
      spans.set(subjectKey(subject), {
        ...subject,
        firstMs: Math.min(attempt.atMs, span?.firstMs ?? attempt.atMs),
        lastMs: Math.max(attempt.atMs, span?.lastMs ?? attempt.atMs),
      });
    }
    const windowMs = windowSeconds * 1000;
    return [...spans.values()].map(({ firstMs, lastMs, merchantId, kind, subject }) => ({
      ...{ name, merchantId, kind, subject },
      fromSecond: toSecond(firstMs - windowMs),
      pastEdgeSecond: toSecond(lastMs - windowMs),
      futureEdgeSecond: toSecond(firstMs + windowMs),
      toSecond: toSecond(lastMs + windowMs),
    }));
  });
}

/**
 * Counts each attempt of a batch: those handled before it, here or in an earlier batch, that lie less than the window
 * from it, and itself. In order of time that is "attempts in the last window". Out of order (a backlog, a replay) it
 * also counts what happened up to a window later, so that in no window more than `limit` attempts ever see a count
 * within the limit, whatever the order they were handled in.
 */
export function countBatch(
  definitions: readonly VelocityMeasurement[],
  attempts: readonly CountedAttempt[],
  windows: ReadonlyMap<string, WindowCount>,
): VelocityCounts[] {
  const counters = definitions.map((definition) => toCounter(definition, windows));
  return attempts.map((attempt) =>
    Object.fromEntries(
      definitions.map((definition, index) => [velocityFeature(definition), counters[index]!(attempt)]),
    ),
  );
}

/** One attempt of one subject, as the counters keep it. */
export interface BucketAttempt extends VelocitySubject {
  readonly second: number;
  readonly offsetMs: number;
}

/** What a batch adds to the counters. */
export function toBucketAttempts(
  definitions: readonly VelocityMeasurement[],
  attempts: readonly CountedAttempt[],
): BucketAttempt[] {
  const kinds = [...new Set(definitions.map(({ by }) => by))];
  return attempts.flatMap((attempt) => {
    const second = toSecond(attempt.atMs);
    return kinds.flatMap((kind) => {
      const subject = toSubject(attempt, kind);
      return subject === undefined ? [] : [{ ...subject, second, offsetMs: attempt.atMs - second * 1000 }];
    });
  });
}

/** Under which key {@link countBatch} looks up what was read for a query. */
export function windowKey(name: string, subject: VelocitySubject): string {
  return `${name} ${subjectKey(subject)}`;
}

/** Counts one attempt after the other; each sees those before it. */
function toCounter(
  definition: VelocityMeasurement,
  windows: ReadonlyMap<string, WindowCount>,
): (attempt: CountedAttempt) => number | null {
  const { by, windowSeconds } = definition;
  const name = velocityFeature(definition);
  const windowMs = windowSeconds * 1000;
  const seen = new Map<string, { inside: number; timesMs: number[] }>();
  return (attempt) => {
    const subject = toSubject(attempt, by);
    if (subject === undefined || (definition.measure ?? 'count') !== 'count') return null;
    const key = windowKey(name, subject);
    const known = seen.get(key) ?? {
      inside: windows.get(key)?.inside ?? 0,
      timesMs: [...(windows.get(key)?.edgesMs ?? [])],
    };
    seen.set(key, known);
    known.timesMs.push(attempt.atMs);
    return known.inside + known.timesMs.filter((timeMs) => Math.abs(timeMs - attempt.atMs) < windowMs).length;
  };
}

function toSubject(attempt: CountedAttempt, kind: VelocityKind): VelocitySubject | undefined {
  const subject = kind === 'customer' || kind === 'card' ? attempt[kind] : null;
  return subject === null ? undefined : { merchantId: attempt.merchantId, kind, subject };
}

/** One text for a subject: JSON keeps the borders between its parts. */
function subjectKey({ merchantId, kind, subject }: VelocitySubject): string {
  return JSON.stringify([merchantId, kind, subject]);
}

/** The second in which an instant lies. */
function toSecond(atMs: number): number {
  return Math.floor(atMs / 1000);
}
