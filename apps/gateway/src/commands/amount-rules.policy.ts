import type { CommandReason, PaymentSnapshot } from '@tollgate/contracts';
import type { CommandRequestOf } from './command.types.ts';

/** Money of one payment, as far as it can be told from what Primer shows. Minor units. */
export interface PaymentAmounts {
  /** Undefined where no event, no older field and no AUTHORIZED status tells it. */
  readonly authorised: bigint | undefined;
  readonly captured: bigint;
  /** Refunds under way included: they may still succeed. */
  readonly refunded: bigint;
  /** A final capture was made: the rest of the authorisation is given up. */
  readonly finallyCaptured: boolean;
}

/** What Primer is to be asked for outright, or why it is not asked at all. */
export type AmountVerdict =
  | { readonly kind: 'allowed'; readonly amountMinor: string | null; readonly final: boolean | null }
  | { readonly kind: 'refused'; readonly reason: CommandReason };

const AUTHORISING_EVENTS: ReadonlySet<string> = new Set([
  'AUTHORIZATION_SUCCEEDED',
  'AUTHORIZATION_ADJUSTMENT_SUCCEEDED',
]);
const CAPTURE_EVENT = 'CAPTURE_SUCCEEDED';
/** Statuses in which `amount` means what was captured (Primer, API v2.4). */
const CAPTURED_STATUSES: ReadonlySet<string> = new Set(['SETTLING', 'PARTIALLY_SETTLED', 'SETTLED']);
/** Statuses that a capture can do nothing about. An unknown status is Primer's to judge. */
const UNCAPTURABLE: ReadonlySet<string> = new Set(['PENDING', 'FAILED', 'DECLINED', 'CANCELLED', 'SETTLED']);
/** "Provided the payment has not reached SETTLED" (Primer, API v2.4), and nothing is left to cancel of the others. */
const UNCANCELLABLE: ReadonlySet<string> = new Set(['SETTLED', 'CANCELLED', 'FAILED', 'DECLINED']);
/** Statuses of a refund that gives nothing back. */
export const FAILED_REFUND: ReadonlySet<string> = new Set(['FAILED', 'DECLINED', 'CANCELLED']);

/** Reads a payment's money; an older API shape and a payment without events are read as well as can be. */
export function toPaymentAmounts(payment: PaymentSnapshot): PaymentAmounts {
  const events = payment.events ?? [];
  const captures = events.filter(({ type }) => type === CAPTURE_EVENT);
  const authorised = toAuthorised(payment);
  const captured = toCaptured(payment, captures);
  const refunds = payment.transactions.filter(
    ({ type, status }) => type === 'REFUND' && !FAILED_REFUND.has(status ?? ''),
  );
  return {
    authorised,
    captured,
    refunded: max(BigInt(payment.amountRefundedMinor ?? '0'), sum(refunds)),
    finallyCaptured:
      captures.some(({ final }) => final === true) || (authorised !== undefined && captured >= authorised),
  };
}

/**
 * Not more than was authorised and is not captured yet. Less than that needs a word on the rest: left out, Primer would
 * take the capture for the final one and give the rest up (API v2.4).
 */
export function checkCapture(
  { amountMinor, final }: Pick<CommandRequestOf<'capture'>, 'amountMinor' | 'final'>,
  payment: PaymentSnapshot,
): AmountVerdict {
  if (UNCAPTURABLE.has(payment.status)) {
    return refused('not-capturable');
  }
  const { authorised, captured, finallyCaptured } = toPaymentAmounts(payment);
  const rest = authorised === undefined ? undefined : authorised - captured;
  if (finallyCaptured || (rest !== undefined && rest <= 0n)) {
    return refused('nothing-to-capture');
  }
  const amount = amountMinor === undefined ? rest : BigInt(amountMinor);
  if (amount === undefined) {
    return refused('not-capturable');
  }
  if (rest !== undefined && amount > rest) {
    return refused('amount-exceeds-authorised');
  }
  if (final === undefined && amount !== rest) {
    return refused('final-not-said');
  }
  return { kind: 'allowed', amountMinor: amount.toString(), final: final ?? true };
}

/** Not more than was captured and is not refunded, or about to be, yet. */
export function checkRefund(
  { amountMinor }: Pick<CommandRequestOf<'refund'>, 'amountMinor'>,
  payment: PaymentSnapshot,
): AmountVerdict {
  const { captured, refunded } = toPaymentAmounts(payment);
  const left = captured - refunded;
  if (left <= 0n) {
    return refused('nothing-to-refund');
  }
  const amount = amountMinor === undefined ? left : BigInt(amountMinor);
  return amount > left
    ? refused('amount-exceeds-captured')
    : { kind: 'allowed', amountMinor: amount.toString(), final: null };
}

export function checkCancel(payment: PaymentSnapshot): AmountVerdict {
  return UNCANCELLABLE.has(payment.status)
    ? refused('not-cancellable')
    : { kind: 'allowed', amountMinor: null, final: null };
}

function toAuthorised(payment: PaymentSnapshot): bigint | undefined {
  const newest = (payment.events ?? [])
    .filter(({ type, amountMinor }) => AUTHORISING_EVENTS.has(type) && amountMinor !== undefined)
    .toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''))
    .at(-1);
  const amount =
    newest?.amountMinor ??
    payment.amountAuthorizedMinor ??
    (payment.status === 'AUTHORIZED' ? payment.amountMinor : undefined);
  return amount === undefined ? undefined : BigInt(amount);
}

function toCaptured(payment: PaymentSnapshot, captures: ReadonlyArray<{ amountMinor?: string | undefined }>): bigint {
  if (payment.amountCapturedMinor !== undefined) {
    return BigInt(payment.amountCapturedMinor);
  }
  if (payment.events !== undefined) {
    return sum(captures);
  }
  return CAPTURED_STATUSES.has(payment.status) ? BigInt(payment.amountMinor ?? '0') : 0n;
}

function sum(items: ReadonlyArray<{ amountMinor?: string | undefined }>): bigint {
  return items.reduce((total, { amountMinor }) => total + BigInt(amountMinor ?? '0'), 0n);
}

function max(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function refused(reason: CommandReason): AmountVerdict {
  return { kind: 'refused', reason };
}
