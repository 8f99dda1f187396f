import type { Position, Posting } from './posting.types.ts';

/** True when the postings sum to zero per currency and layer: asserted before the database asserts it again. */
export function isBalanced(postings: readonly Posting[]): boolean {
  const sums = new Map<string, bigint>();
  for (const { currency, layer, amountMinor } of postings) {
    const key = `${currency}/${layer}`;
    sums.set(key, (sums.get(key) ?? 0n) + amountMinor);
  }
  return [...sums.values()].every((sum) => sum === 0n);
}

/** Sums postings by account, currency and layer and leaves out what cancels; sorted, so that equal sums are equal. */
export function sumPostings(postings: readonly Posting[]): Position {
  const sums = new Map<string, Posting>();
  for (const { account, currency, layer, amountMinor } of postings) {
    const key = JSON.stringify([currency, layer, account]);
    const before = sums.get(key)?.amountMinor ?? 0n;
    sums.set(key, { account, currency, layer, amountMinor: before + amountMinor });
  }
  return [...sums]
    .filter(([, posting]) => posting.amountMinor !== 0n)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, posting]) => posting);
}
