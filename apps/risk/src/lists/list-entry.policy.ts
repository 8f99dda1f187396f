import {
  type AttemptTokenisedData,
  type ListEntryAnswer,
  type ListEntryInput,
  type ListEntryKind,
  type ListName,
  personalHash,
  type Principal,
} from '@tollgate/contracts';
import type { AttemptValues } from '../features/feature.policy.ts';
import type { ListEntryRow } from './list-entry.types.ts';

/** An attempt as the lists see it. */
export interface ListedAttempt {
  readonly attempt: AttemptTokenisedData;
  readonly values: AttemptValues;
}

/** Kinds of entry that are kept as keyed hashes. */
export type PersonalListKind = Extract<ListEntryKind, 'email' | 'ip' | 'device'>;

/** Something of an attempt that an entry may name. */
export interface ListCandidate {
  readonly merchantId: string;
  readonly kind: ListEntryKind;
  readonly value: string;
}

/** Kinds of entry by which an attempt is on a list, each once and sorted. */
export interface ListMatches {
  readonly allowedBy: readonly string[];
  readonly blockedBy: readonly string[];
  readonly watchedBy: readonly string[];
}

/** Everything of an attempt that entries may name. */
export function toCandidates({ attempt, values: named }: ListedAttempt): ListCandidate[] {
  const { merchantId, order, paymentMethod } = attempt;
  const values: ReadonlyArray<readonly [ListEntryKind, string | null | undefined]> = [
    ...(['customer', 'card', 'bin', 'email', 'ip', 'device'] as const).map((kind) => [kind, named[kind]] as const),
    ['country', paymentMethod.issuerCountry],
    ['country', order.billingCountry],
    ['country', order.shippingCountry],
  ];
  return values.flatMap(([kind, value]) =>
    value === null || value === undefined ? [] : [{ merchantId, kind, value }],
  );
}

/** Orders what was found, so that the same entries give the same bytes. */
export function toMatches(found: ReadonlyArray<{ list: ListName; kind: ListEntryKind }>): ListMatches {
  const kindsOn = (name: ListName) =>
    [...new Set(found.filter(({ list }) => list === name).map(({ kind }) => kind))].toSorted();
  return { allowedBy: kindsOn('allow'), blockedBy: kindsOn('block'), watchedBy: kindsOn('watch') };
}

/**
 * The value as the lists keep it: what is personal as its keyed hash, which may also be given as a decision's features
 * show it. Undefined for what is no value of its kind.
 */
export function toListedValue(
  { kind, value }: Pick<ListEntryInput, 'kind' | 'value'>,
  hash: (kind: PersonalListKind, value: string) => string | undefined,
): string | undefined {
  if (kind !== 'email' && kind !== 'ip' && kind !== 'device') return value;
  return personalHash.safeParse(value).success ? value : hash(kind, value);
}

/** Who is written down as having added or removed an entry: a person by id, a machine by its kind. */
export function toActor(principal: Principal): string {
  return principal.kind === 'person' ? `person:${principal.personId}` : principal.kind;
}

/** An entry as operators see it. */
export function toListEntryAnswer(row: ListEntryRow): ListEntryAnswer {
  return {
    id: row.id.toString(),
    merchantId: row.merchant_id,
    list: row.list,
    kind: row.kind,
    value: row.value,
    note: row.note,
    expiresAt: row.expires_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    removedAt: row.removed_at?.toISOString() ?? null,
    removedBy: row.removed_by,
  };
}
