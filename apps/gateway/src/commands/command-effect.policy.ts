import type { PaymentSnapshot } from '@tollgate/contracts';
import { FAILED_REFUND, toPaymentAmounts } from './amount-rules.policy.ts';
import type { Command, PaymentMark } from './command.types.ts';

/**
 * What a payment shows of a command's call.
 * - `done`: its effect is there
 * - `failed`: it was carried out and failed at the processor
 * - `none`: nothing that could be its effect
 */
export type Effect = 'done' | 'failed' | 'none';

/** Statuses a capture leads to from AUTHORIZED. */
const AFTER_CAPTURE: ReadonlySet<string> = new Set(['SETTLING', 'PARTIALLY_SETTLED', 'SETTLED']);

/** What to remember of a payment before the first call, so that its effect can be told from what was there. */
export function toPaymentMark(payment: PaymentSnapshot): PaymentMark {
  const { captured, refunded } = toPaymentAmounts(payment);
  return {
    status: payment.status,
    capturedMinor: captured.toString(),
    refundedMinor: refunded.toString(),
    captures: toCaptures(payment).map(({ text }) => text),
    refunds: toRefunds(payment).map(({ text }) => text),
  };
}

/**
 * Compares a payment with its mark. Commands of one payment are carried out one at a time, so what came since is this
 * command's or somebody else's: of that, only what equals the command in amount and finality counts as its effect.
 */
export function effectOf(
  command: Pick<Command, 'request' | 'before' | 'amountMinor' | 'final'>,
  payment: PaymentSnapshot,
): Effect {
  const { request, before } = command;
  if (before === null) {
    return 'none';
  }
  if (request.kind === 'cancel') {
    return payment.status === 'CANCELLED' && before.status !== 'CANCELLED' ? 'done' : 'none';
  }
  return request.kind === 'capture'
    ? effectOfCapture(command, before, payment)
    : request.kind === 'refund'
      ? effectOfRefund(command, before, payment)
      : 'none';
}

/** Errors about the request as it is written: the lost call, the same to the letter, was met by them as well. */
const OF_THE_REQUEST: ReadonlySet<string> = new Set(['RequestValidationError', 'RequestNotSent']);

/**
 * Whether a lost call may have had its effect although the payment does not show it as such. As much money may have
 * moved since as the call was to move. And when Primer refuses a repetition for anything but the request itself, that
 * may be the effect's own doing: the documents say how a known key is answered, not that it is looked at first. Only a
 * payment on which the call is no longer possible, and on which less has moved, rules the effect out.
 * @param isPossible the amount rules would still allow the call
 */
export function mayHideEffect(
  command: Pick<Command, 'request' | 'before' | 'amountMinor' | 'refusal'>,
  payment: PaymentSnapshot,
  isPossible: boolean,
): boolean {
  if (hasMovedAsMuch(command, payment)) {
    return true;
  }
  const { request, before, refusal } = command;
  if (OF_THE_REQUEST.has(refusal?.providerErrorId ?? '')) {
    return false;
  }
  // What is left of a payment that had been captured in part can be cancelled without a trace in its status.
  const leavesNoTrace = request.kind === 'cancel' && before?.capturedMinor !== '0';
  return isPossible || leavesNoTrace;
}

/** As much money has moved since the first call as the command was to move, in whatever form it is shown. */
export function hasMovedAsMuch(
  { request, before, amountMinor }: Pick<Command, 'request' | 'before' | 'amountMinor'>,
  payment: PaymentSnapshot,
): boolean {
  if (request.kind === 'cancel' || request.kind === 'create' || before === null || amountMinor === null) {
    return false;
  }
  const { captured, refunded } = toPaymentAmounts(payment);
  const moved =
    request.kind === 'capture' ? captured - BigInt(before.capturedMinor) : refunded - BigInt(before.refundedMinor);
  return moved >= BigInt(amountMinor);
}

function effectOfCapture(
  { amountMinor, final }: Pick<Command, 'amountMinor' | 'final'>,
  before: PaymentMark,
  payment: PaymentSnapshot,
): Effect {
  const fresh = withoutKnown(toCaptures(payment), before.captures);
  if (fresh.length > 0) {
    const ours = fresh.some((one) => one.amountMinor === amountMinor && (one.final ?? final) === final);
    return ours ? 'done' : 'none';
  }
  if (payment.amountCapturedMinor !== undefined) {
    const { captured } = toPaymentAmounts(payment);
    return captured - BigInt(before.capturedMinor) === BigInt(amountMinor ?? '0') ? 'done' : 'none';
  }
  return before.status === 'AUTHORIZED' && AFTER_CAPTURE.has(payment.status) ? 'done' : 'none';
}

function effectOfRefund(
  { amountMinor }: Pick<Command, 'amountMinor'>,
  before: PaymentMark,
  payment: PaymentSnapshot,
): Effect {
  const fresh = withoutKnown(toRefunds(payment), before.refunds).filter((one) => one.amountMinor === amountMinor);
  if (fresh.length > 0) {
    return fresh.some(({ failed }) => !failed) ? 'done' : 'failed';
  }
  const { refunded } = toPaymentAmounts(payment);
  const showsRefunds = toRefunds(payment).length > 0;
  return !showsRefunds && refunded - BigInt(before.refundedMinor) === BigInt(amountMinor ?? '0') ? 'done' : 'none';
}

interface Shown {
  /** The same for the same thing at every read. */
  readonly text: string;
  readonly amountMinor: string | undefined;
}

function toCaptures(payment: PaymentSnapshot): Array<Shown & { readonly final: boolean | undefined }> {
  return (payment.events ?? [])
    .filter(({ type }) => type === 'CAPTURE_SUCCEEDED')
    .map(({ at, amountMinor, final }) => ({ text: `${at}/${amountMinor}/${final}`, amountMinor, final }));
}

function toRefunds(payment: PaymentSnapshot): Array<Shown & { readonly failed: boolean }> {
  return payment.transactions
    .filter(({ type }) => type === 'REFUND')
    .map(({ id, amountMinor, status }) => ({
      text: id ?? `${amountMinor}`,
      amountMinor,
      failed: FAILED_REFUND.has(status ?? ''),
    }));
}

/** What is shown more often than it was known: two captures of one instant and amount are two. */
function withoutKnown<One extends Shown>(shown: readonly One[], known: readonly string[]): One[] {
  const left = [...known];
  return shown.filter(({ text }) => {
    const index = left.indexOf(text);
    if (index === -1) {
      return true;
    }
    left.splice(index, 1);
    return false;
  });
}
