import type { AttemptTokenisedData, ListEntryAnswer, ListEntryKind, ListName } from '@tollgate/contracts';
import type { ListEntryRow } from './list-entry.types.ts';

/** An attempt as the lists see it. */
export interface ListedAttempt {
  readonly attempt: AttemptTokenisedData;
  readonly cardFingerprint: string | null;
}

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
}

/** Everything of an attempt that entries may name. */
export function toCandidates({ attempt, cardFingerprint }: ListedAttempt): ListCandidate[] {
  const { merchantId, order, paymentMethod } = attempt;
  const values: ReadonlyArray<readonly [ListEntryKind, string | null | undefined]> = [
    ['customer', order.customerId],
    ['card', cardFingerprint],
    ['bin', paymentMethod.bin],
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
  return { allowedBy: kindsOn('allow'), blockedBy: kindsOn('block') };
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
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    removedAt: row.removed_at?.toISOString() ?? null,
    removedBy: row.removed_by,
  };
}
