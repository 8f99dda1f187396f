import { CHECKOUT_KINDS } from './checkout-kind.types.ts';
import type { CheckoutKind } from './checkout-kind.types.ts';

export interface PlannedCheckout {
  kind: CheckoutKind;
  orderId: string;
  /** Each is a customer of its own: the shipped rule set limits attempts by customer, and shows some to a person. */
  customerId: string;
  amountMinor: number;
  currency: string;
}

/**
 * A currency, what a checkout in it costs at least, an ordinary one and a large one, and an amount that the shipped rule
 * set refuses. Minor units.
 */
const CURRENCIES = [
  { currency: 'EUR', usualMinor: 1_990, largeMinor: 150_000, refusedMinor: 1_000_001 },
  { currency: 'GBP', usualMinor: 2_450, largeMinor: 150_000, refusedMinor: 1_000_001 },
  { currency: 'USD', usualMinor: 3_100, largeMinor: 150_000, refusedMinor: 1_100_001 },
  { currency: 'JPY', usualMinor: 2_800, largeMinor: 150_000, refusedMinor: 1_700_001 },
] as const;
/** Amounts differ by this from one checkout to the next, so that a mix-up shows. Minor units. */
const AMOUNT_STEP_MINOR = 37;
/** So many amounts differ; after them they begin anew, or half of an ordinary one would be a large refund some day. */
const AMOUNTS = 1_000;

/** The kinds that an installation can play: without people nobody reviews. */
export function playableKinds(hasReviewers: boolean): readonly CheckoutKind[] {
  const needsReviewer = ({ review, followUps = [] }: CheckoutKind): boolean =>
    review !== undefined || followUps.some(({ secondPerson }) => secondPerson !== undefined);
  return hasReviewers ? CHECKOUT_KINDS : CHECKOUT_KINDS.filter((kind) => !needsReviewer(kind));
}

/**
 * The checkouts of one sample, the same for the same arguments: every kind at least once where there is room for it,
 * else the first kinds; beyond that by their shares; kinds mixed, currencies in turn.
 * @param runId makes orders and customers of different runs different
 */
export function planSample(
  size: number,
  runId: string,
  playable: readonly CheckoutKind[] = CHECKOUT_KINDS,
): PlannedCheckout[] {
  const counts = countsByShare(size, playable);
  const kinds = interleave(playable.map((kind, index) => ({ kind, count: counts[index]! })));
  return kinds.map((kind, index) => {
    const { currency, usualMinor, largeMinor, refusedMinor } = CURRENCIES[index % CURRENCIES.length]!;
    const leastMinor = kind.overLimit === true ? refusedMinor : kind.large === true ? largeMinor : usualMinor;
    const name = `${runId}-${index + 1}`;
    return {
      kind,
      orderId: `order-${name}`,
      customerId: kind.review === undefined ? `customer-${name}` : `sample-review-${name}`,
      amountMinor: leastMinor + (index % AMOUNTS) * AMOUNT_STEP_MINOR,
      currency,
    };
  });
}

/** How many of each kind: one each, then the largest shortfall against its share gets the next. */
function countsByShare(size: number, playable: readonly CheckoutKind[]): number[] {
  const counts = playable.map((_, index) => (index < size ? 1 : 0));
  const shares = playable.map(({ share }) => share / 100);
  for (let placed = Math.min(size, counts.length); placed < size; placed += 1) {
    const shortfalls = shares.map((share, index) => share * size - counts[index]!);
    counts[shortfalls.indexOf(Math.max(...shortfalls))]! += 1;
  }
  return counts;
}

/** Spreads each kind evenly over the whole: the k-th of n stands at (k − ½) / n. */
function interleave(groups: ReadonlyArray<{ kind: CheckoutKind; count: number }>): CheckoutKind[] {
  return groups
    .flatMap(({ kind, count }) => Array.from({ length: count }, (_, k) => ({ kind, place: (k + 0.5) / count })))
    .toSorted((a, b) => a.place - b.place)
    .map(({ kind }) => kind);
}
