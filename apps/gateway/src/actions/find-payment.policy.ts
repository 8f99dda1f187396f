import type { DecidedOrder, PaymentSnapshot } from '@tollgate/contracts';
import type { RefusedRead } from '../incidents/key-incident.policy.ts';
import type { Action } from './action.types.ts';

/** Who looks for a payment: an attempt, or a command that creates one; the other id is null. */
export interface PaymentSeeker {
  readonly merchantId: string;
  readonly attemptId: string | null;
  readonly commandId: string | null;
}

/** What looking for a payment came to. */
export type Finding =
  | { readonly kind: 'found'; readonly payment: PaymentSnapshot }
  /** Primer's whole list was read and holds no payment that could be the wanted one; it may lag by a minute. */
  | { readonly kind: 'none' }
  /**
   * None fits, but one of the order that nobody has is of another amount or currency, or of a time that cannot be compared
   * with ours: it may be the one all the same.
   */
  | { readonly kind: 'differing' }
  /**
   * None that can be read is the wanted one, and these may be: Primer lists or has reported them, and does not show
   * them whole. As they were listed or reported.
   */
  | { readonly kind: 'unreadable'; readonly payments: readonly PaymentSnapshot[] }
  /** More than one fits, or somebody else of the order may claim it: never guessed. */
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'unavailable'; readonly retryAfterMs?: number }
  | RefusedRead;

/** What a payment must fit to be the wanted one. */
export interface Wanted {
  readonly order: DecidedOrder;
  /** The instrument, where the decision named it. */
  readonly analyticsId: string | null;
  /** A payment created before it is not the wanted one. */
  readonly createdAfter: Date;
  /**
   * True where a call of ours may have made the payment and did not say of what amount: an approve takes the amount of
   * the session at Primer, which may be another than the one that was decided.
   */
  readonly mayDiffer: boolean;
}

/** The attempt as the one that looks. */
export function toSeeker({ merchantId, attemptId }: Pick<Action, 'merchantId' | 'attemptId'>): PaymentSeeker {
  return { merchantId, attemptId, commandId: null };
}

/**
 * What to look for. A payment that we may have made came after our first call; one that was there already when we
 * called, or that somebody made while we aborted, came after the attempt at least.
 */
export function toWanted(action: Action): Wanted {
  const { order, analyticsId, firstCalledAt, clocks } = action;
  const ours = action.approveCalls > 0 && action.ifNotFound !== 'APPROVED' && firstCalledAt !== null;
  return {
    order,
    analyticsId,
    createdAfter: ours ? firstCalledAt : clocks.receivedAt,
    mayDiffer: action.approveCalls > 0,
  };
}

/** What is left of a difference between Primer's clock and ours once it has been measured. Milliseconds. */
const CLOCK_SKEW_MS = 5_000;

/** By more than this nobody's clock is behind. Milliseconds. */
const CLOCK_LAG_MS_MAX = 24 * 60 * 60_000;

/** From when on a payment may be the wanted one, on a clock of Primer's that lags ours by as much as one can. */
export function toListedFrom({ createdAfter }: Wanted): Date {
  return new Date(createdAfter.getTime() - CLOCK_LAG_MS_MAX - CLOCK_SKEW_MS);
}

/**
 * The wanted payment as Primer's clock dates it.
 * @param lagMs by how much that clock lags ours at least as far as is known, 0 or less if it does not; undefined where
 *   it could not be measured: then as much as a clock can
 */
export function asDatedByProvider(wanted: Wanted, lagMs: number | undefined): Wanted {
  const allowedMs = Math.min(Math.max(lagMs ?? CLOCK_LAG_MS_MAX, 0), CLOCK_LAG_MS_MAX);
  return { ...wanted, createdAfter: new Date(wanted.createdAfter.getTime() - allowedMs) };
}

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

/** True if a summary of the payment list is worth to be read whole: it may be the wanted payment, or cast doubt on "none". */
export function isCandidate(payment: PaymentSnapshot, wanted: Wanted): boolean {
  return isOfOrder(payment, wanted) && (wanted.mayDiffer || fits(payment, wanted));
}

/** True if a payment, read whole, fits in everything that is known. */
export function isWanted(payment: PaymentSnapshot, wanted: Wanted): boolean {
  return mayBeMeant(payment, wanted) && fits(payment, wanted);
}

/** True if a payment, read whole, is of the wanted one's order, time and instrument, whatever its amount. */
export function mayBeMeant(payment: PaymentSnapshot, wanted: Wanted): boolean {
  const sameInstrument =
    wanted.analyticsId === null || payment.analyticsId === undefined || payment.analyticsId === wanted.analyticsId;
  return isOfOrder(payment, wanted) && sameInstrument;
}

/** Payments that may be the wanted one: read whole, or as they were listed where Primer does not show them. */
export interface Candidates {
  readonly read: readonly PaymentSnapshot[];
  readonly unread?: readonly PaymentSnapshot[];
}

/**
 * The verdict over the candidates that nobody else has: what was read whole, and what could not be, as it was listed.
 * @param rivals others of the order whose outcome is unknown as well and that a payment may belong to
 */
export function toFinding({ read, unread = [] }: Candidates, wanted: Wanted, rivals: number): Finding {
  const meant = read.filter((payment) => mayBeMeant(payment, wanted));
  const hidden = unread.filter((payment) => mayBeMeant(payment, wanted));
  const [only, ...more] = meant.filter((payment) => fits(payment, wanted));
  if (only === undefined) {
    return hidden.length > 0
      ? { kind: 'unreadable', payments: hidden }
      : { kind: wanted.mayDiffer && meant.length > 0 ? 'differing' : 'none' };
  }
  const others = [...more, ...hidden.filter((payment) => fits(payment, wanted))];
  return others.length === 0 && rivals === 0 ? { kind: 'found', payment: only } : { kind: 'ambiguous' };
}

/**
 * The same where Primer did not tell its time: by its own time alone a payment is neither taken for the wanted one nor
 * ruled out.
 */
export function toUndatedFinding(candidates: Candidates, wanted: Wanted, rivals: number): Finding {
  const finding = toFinding(candidates, wanted, rivals);
  const atAnyTime = toFinding(candidates, asDatedByProvider(wanted, undefined), rivals);
  return finding.kind === 'none' && atAnyTime.kind !== 'none' ? { kind: 'differing' } : finding;
}

function isOfOrder(payment: PaymentSnapshot, wanted: Wanted): boolean {
  return payment.orderId === wanted.order.orderId && isCreatedAfter(payment, wanted.createdAfter);
}

function fits(payment: PaymentSnapshot, wanted: Wanted): boolean {
  return toContradictions(payment, wanted.order).length === 0;
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
