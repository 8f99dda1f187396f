/** One value of a snapshot under its full name, as text. */
export interface ShownValue {
  readonly name: string;
  readonly text: string;
}

/** A rule that held. */
export interface ShownHit {
  readonly rule: string;
  readonly decision: string;
  readonly reason: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Every value of a snapshot by its full name, sorted: nested objects are told as `outer.inner`. */
export function toShownSnapshot(snapshot: unknown): ShownValue[] {
  return flatten(snapshot, '').toSorted((one, other) => one.name.localeCompare(other.name));
}

function flatten(value: unknown, name: string): ShownValue[] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return Object.entries(value).flatMap(([key, inner]) => flatten(inner, name === '' ? key : `${name}.${key}`));
  }
  return name === '' ? [] : [{ name, text: toText(value) }];
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What differs between two snapshots, by name. */
export function findChanges(
  before: readonly ShownValue[],
  after: readonly ShownValue[],
): Array<{ name: string; before: string; after: string }> {
  const [old, young] = [before, after].map((values) => new Map(values.map(({ name, text }) => [name, text])));
  const names = [...new Set([...(old?.keys() ?? []), ...(young?.keys() ?? [])])].toSorted();
  return names
    .map((name) => ({ name, before: old?.get(name) ?? '–', after: young?.get(name) ?? '–' }))
    .filter((each) => each.before !== each.after);
}

/** The object that a snapshot holds under a name; empty where there is none. */
export function partOf(snapshot: unknown, name: string): Json {
  const part = typeof snapshot === 'object' && snapshot !== null ? (snapshot as Json)[name] : undefined;
  return typeof part === 'object' && part !== null ? (part as Json) : {};
}

/** The rules that hit, in the order of the rule set. */
export function hitsOf(snapshot: unknown): ShownHit[] {
  const { hits } = partOf(snapshot, 'rules');
  return (Array.isArray(hits) ? (hits as Json[]) : []).map(({ rule, decision, reason }) => ({
    rule: String(rule),
    decision: String(decision),
    reason: String(reason),
  }));
}

/** The features that the rules saw, by name. */
export function featuresOf(snapshot: unknown): Json {
  return partOf(snapshot, 'features');
}
