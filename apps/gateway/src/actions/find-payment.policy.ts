import type { DecidedOrder, PaymentSnapshot } from '@tollgate/contracts';
import type { Action } from './action.types.ts';

/** What looking for an attempt's payment came to. */
export type Finding =
  | { readonly kind: 'found'; readonly paymentId: string }
  /** Primer's whole list was read and holds no payment of this attempt; it may lag by a minute. */
  | { readonly kind: 'none' }
  /** More than one fits, or another attempt of the order may claim it: never guessed. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'unavailable'; readonly retryAfterMs?: number }
  | { readonly kind: 'key-refused' };

/** What a payment must fit to be an attempt's. */
export interface Wanted {
  readonly order: DecidedOrder;
  /** The instrument, where the decision named it. */
  readonly analyticsId: string | null;
  /** A payment created before it is not this attempt's. */
  readonly createdAfter: Date;
}

/**
 * What to look for. A payment that we may have made came after our first call; one that was there already when we
 * called, or that somebody made while we aborted, came after the attempt at least.
 */
export function toWanted(action: Action): Wanted {
  const { order, analyticsId, firstCalledAt, clocks } = action;
  const ours = action.approveCalls > 0 && action.ifNotFound !== 'APPROVED' && firstCalledAt !== null;
  return { order, analyticsId, createdAfter: ours ? firstCalledAt : clocks.receivedAt };
}

/** Primer's clock and ours may differ by so much. Milliseconds. */
export const CLOCK_SKEW_MS = 5_000;

/** While nothing is captured, `amount` is what was authorised; later it is what was captured (Primer, API v2.4). */
const CAPTURED_STATUSES: ReadonlySet<string> = new Set(['SETTLING', 'PARTIALLY_SETTLED', 'SETTLED']);

/** Fields of a decision that a payment contradicts. A field that the payment does not show contradicts nothing. */
export function toContradictions(payment: PaymentSnapshot, order: DecidedOrder): Array<keyof DecidedOrder> {
  const contradictions: Array<keyof DecidedOrder> = [];
  if (payment.orderId !== undefined && payment.orderId !== order.orderId) {
    contradictions.push('orderId');
  }
  if (payment.amountMinor !== undefined && !isAmountOf(payment, order)) {
    contradictions.push('amountMinor');
  }
  if (payment.currency !== undefined && payment.currency !== order.currency) {
    contradictions.push('currency');
  }
  return contradictions;
}

/** True if a summary of the payment list may be the wanted payment. */
export function mayBeWanted(payment: PaymentSnapshot, wanted: Wanted): boolean {
  return (
    payment.orderId === wanted.order.orderId &&
    toContradictions(payment, wanted.order).length === 0 &&
    isCreatedAfter(payment, wanted.createdAfter)
  );
}

/** True if a payment, read whole, fits in everything that is known. */
export function isWanted(payment: PaymentSnapshot, wanted: Wanted): boolean {
  const sameInstrument =
    wanted.analyticsId === null || payment.analyticsId === undefined || payment.analyticsId === wanted.analyticsId;
  return mayBeWanted(payment, wanted) && sameInstrument;
}

/**
 * The verdict over the payments that were read whole, fit, and are bound to no other attempt.
 * @param rivals other attempts of the order whose outcome is unknown as well and that the payment may belong to
 */
export function toFinding(payments: readonly PaymentSnapshot[], rivals: number): Finding {
  const [only, ...others] = payments;
  if (only === undefined) {
    return { kind: 'none' };
  }
  return others.length === 0 && rivals === 0 ? { kind: 'found', paymentId: only.paymentId } : { kind: 'ambiguous' };
}

function isAmountOf(payment: PaymentSnapshot, order: DecidedOrder): boolean {
  const amountMinor = BigInt(payment.amountMinor ?? '0');
  const decidedMinor = BigInt(order.amountMinor);
  return CAPTURED_STATUSES.has(payment.status) ? amountMinor <= decidedMinor : amountMinor === decidedMinor;
}

function isCreatedAfter(payment: PaymentSnapshot, createdAfter: Date): boolean {
  // The snapshot's instant has microseconds; its first 23 characters are what Date can read exactly.
  const createdAt = payment.date === undefined ? Number.NaN : Date.parse(`${payment.date.slice(0, 23)}Z`);
  return Number.isNaN(createdAt) || createdAt >= createdAfter.getTime() - CLOCK_SKEW_MS;
}
