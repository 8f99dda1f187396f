import { compareVersions, type SnapshotVersion } from './snapshot.policy.ts';

/** Something that was said, with its place in an order: of two claims the newer one counts. */
export interface Claim<T, Version = SnapshotVersion> {
  readonly version: Version;
  readonly value: T;
}

/** Of two claims of payment snapshots the newer one. */
export function newer<T>(a: Claim<T> | undefined, b: Claim<T> | undefined): Claim<T> | undefined {
  return newerBy(a, b, compareVersions);
}

/** Of two claims the newer one in an order of their own. */
export function newerBy<T, Version>(
  a: Claim<T, Version> | undefined,
  b: Claim<T, Version> | undefined,
  compare: (a: Version, b: Version) => number,
): Claim<T, Version> | undefined {
  return greatest(a, b, (one, other) => compare(one.version, other.version));
}

/** Of two things said, the greater one; ties are between equal things, so either will do. */
export function greatest<T>(a: T | undefined, b: T | undefined, compare: (a: T, b: T) => number): T | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compare(a, b) >= 0 ? a : b;
}

/** The union of two maps; what both know is merged. Undefined where neither knows anything. */
export function mergeMaps<T>(
  a: ReadonlyMap<string, T> | undefined,
  b: ReadonlyMap<string, T> | undefined,
  merge: (a: T, b: T) => T,
): ReadonlyMap<string, T> | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const merged = new Map(a);
  for (const [key, value] of b) {
    const before = merged.get(key);
    merged.set(key, before === undefined ? value : merge(before, value));
  }
  return merged;
}

/** Without undefined fields, so that facts that say the same are deeply equal. */
export function compact<T extends object>(facts: { [Key in keyof T]: T[Key] | undefined }): T {
  const said = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(said) as T;
}
