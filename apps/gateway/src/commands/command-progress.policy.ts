import type { CommandedPayment, CommandReason, PaymentSnapshot } from '@tollgate/contracts';
import type { IncidentKind } from '../actions/action.types.ts';
import { toRetryPauseMs } from '../actions/retry-pause.policy.ts';
import type { Command, CommandSettings, PendingRefusal, SettledCommand } from './command.types.ts';

/**
 * A command as its holder takes it up. What may have arrived by a call that nobody waits for any more is unknown.
 */
export function takeUp(command: Command, now: Date): Command {
  const taken = { ...command, fence: command.fence + 1, dueAt: now };
  return command.calls === 0
    ? { ...taken, state: 'CALLING' }
    : { ...taken, state: 'UNKNOWN', unknownSince: command.unknownSince ?? now };
}

/** The command as it must be committed before its next call: the call is counted in it. */
export function countCall(command: Command, now: Date): Command {
  return {
    ...command,
    calls: command.calls + 1,
    firstCalledAt: command.firstCalledAt ?? now,
    lastCalledAt: now,
  };
}

/** Primer's payment shows the command's effect. */
export function done(command: Command, payment: PaymentSnapshot, now: Date): Command {
  const shown = toCommandedPayment(payment);
  return { ...end(command, 'as-requested', now), state: 'DONE', payment: shown, paymentId: payment.paymentId };
}

/** The command has no effect and will have none. */
export function refuse(
  command: Command,
  reason: CommandReason,
  now: Date,
  providerErrorId: string | null = null,
): Command {
  return { ...end(command, reason, now), state: 'REFUSED', providerErrorId };
}

/** Another try follows, after a pause that grows. AWAITING as long as no call may have arrived, UNKNOWN from then on. */
export function again(command: Command, now: Date, settings: CommandSettings, pauseMs = 0): Command {
  const dueInMs = Math.max(pauseMs, toRetryPauseMs(command.tries, settings));
  const waiting = { ...command, tries: command.tries + 1, dueAt: new Date(now.getTime() + dueInMs) };
  return command.calls === 0
    ? { ...waiting, state: 'AWAITING', unknownSince: null }
    : { ...waiting, state: 'UNKNOWN', unknownSince: command.unknownSince ?? now };
}

/**
 * A call may have arrived and its effect does not show, so it is looked for again; once Primer's own time for a call is
 * long over, a person is told, and only a person ends it. It ends by itself where the call has been refused and its
 * effect is ruled out: REFUSED is the merchant's leave to do the same again under another id.
 * @param refusal what the end would be; null where nobody has refused the call
 */
export function withoutEffect(
  command: Command,
  refusal: PendingRefusal | null,
  now: Date,
  settings: CommandSettings,
  mayBeHidden: boolean,
): { command: Command; incidents: readonly IncidentKind[] } {
  if (!isLongOver(command, now, settings)) {
    return { command: again(command, now, settings), incidents: [] };
  }
  return refusal === null || command.arrived || mayBeHidden
    ? { command: again(command, now, settings), incidents: ['COMMAND_WITHOUT_EFFECT'] }
    : { command: refuse(command, refusal.reason, now, refusal.providerErrorId), incidents: [] };
}

/** No call of this command can be under way at Primer any more, and reading has had time to show what it did. */
export function isLongOver({ lastCalledAt }: Command, now: Date, { noEffectAfterMs }: CommandSettings): boolean {
  return lastCalledAt !== null && now.getTime() >= lastCalledAt.getTime() + noEffectAfterMs;
}

/**
 * May be sent once more under its id: Primer has neither answered for it nor shown its effect for a while. What has been
 * in doubt for too long is not: each call would put off the moment from which a person may end it.
 */
export function mayRepeat(command: Command, now: Date, settings: CommandSettings): boolean {
  const { arrived, refusal, lastCalledAt, unknownSince } = command;
  const isTooLong = unknownSince !== null && now.getTime() >= unknownSince.getTime() + settings.unknownTooLongMs;
  return (
    !isTooLong &&
    !arrived &&
    refusal === null &&
    lastCalledAt !== null &&
    now.getTime() >= lastCalledAt.getTime() + settings.repeatAfterMs
  );
}

/** Adds what is due to the age of a doubt, or of a command that cannot so much as be sent. */
export function toSettledCommand(
  settled: { command: Command; incidents?: readonly IncidentKind[]; key?: SettledCommand['key'] },
  now: Date,
  settings: CommandSettings,
): SettledCommand {
  const { command, incidents = [], key = 'not-asked' } = settled;
  const openSince = toOpenSince(command);
  const isTooLong = openSince !== null && now.getTime() - openSince.getTime() >= settings.unknownTooLongMs;
  return { command, incidents: isTooLong ? [...incidents, 'COMMAND_UNKNOWN_TOO_LONG'] : incidents, key };
}

/** Since when nobody but the gateway has had it in hand; null once it is over, or while a second person has. */
function toOpenSince({ state, concludedAt, unknownSince, holdVerdict, requestedAt }: Command): Date | null {
  if (concludedAt !== null) {
    return null;
  }
  const waitingSince = holdVerdict === null ? requestedAt : new Date(holdVerdict.at);
  return state === 'AWAITING' ? waitingSince : unknownSince;
}

/** The payment as results and answers show it. */
export function toCommandedPayment(payment: PaymentSnapshot): CommandedPayment {
  const { paymentId, status, orderId, currency, amountMinor, amountCapturedMinor, amountRefundedMinor, dateUpdated } =
    payment;
  return {
    paymentId,
    status,
    ...(orderId === undefined ? {} : { orderId }),
    ...(currency === undefined ? {} : { currency }),
    ...(amountMinor === undefined ? {} : { amountMinor }),
    ...(amountCapturedMinor === undefined ? {} : { amountCapturedMinor }),
    ...(amountRefundedMinor === undefined ? {} : { amountRefundedMinor }),
    ...(dateUpdated === undefined ? {} : { dateUpdated }),
  };
}

/** The order a command is about: the one it names, else its payment's. */
export function toOrderId({ request, payment }: Pick<Command, 'request' | 'payment'>): string | null {
  const named = request.kind === 'create' || request.kind === 'refund' ? request.orderId : undefined;
  return named ?? payment?.orderId ?? null;
}

/** Over: nothing of it is needed any more but the record, least of all a token. */
function end(command: Command, reason: CommandReason, now: Date): Command {
  return { ...command, reason, sealedToken: null, concludedAt: now, dueAt: now };
}
