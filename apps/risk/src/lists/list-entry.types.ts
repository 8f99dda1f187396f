import type { ListEntryKind, ListName } from '@tollgate/contracts';

/** An entry as the table keeps it. */
export interface ListEntryRow {
  readonly id: bigint;
  readonly merchant_id: string | null;
  readonly list: ListName;
  readonly kind: ListEntryKind;
  readonly value: string;
  readonly note: string | null;
  readonly expires_at: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
  readonly removed_at: Date | null;
  readonly removed_by: string | null;
}

/** What a page of entries is narrowed to. */
export interface ListEntryFilter {
  readonly beforeId: bigint | null;
  readonly list: ListName | null;
  readonly kind: ListEntryKind | null;
  readonly includeRemoved: boolean;
  readonly limit: number;
}
