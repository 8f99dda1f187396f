/** `pending`: promised or under way (open authorisations). `posted`: money that was really captured or moved. */
export const LAYERS = ['pending', 'posted'] as const;
export type Layer = (typeof LAYERS)[number];

/** One signed amount on one account: + debit, − credit. Minor units of `currency`. */
export interface Posting {
  readonly account: string;
  readonly currency: string;
  readonly layer: Layer;
  readonly amountMinor: bigint;
}

/** What the books hold because of one payment: at most one posting per account, currency and layer, none of zero. */
export type Position = readonly Posting[];
