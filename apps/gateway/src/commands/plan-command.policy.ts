import type { PaymentSnapshot } from '@tollgate/contracts';
import { type AmountVerdict, checkCancel, checkCapture, checkRefund } from './amount-rules.policy.ts';
import { describeRefusedRead } from '../incidents/key-incident.policy.ts';
import { effectOf, mayHideEffect, toPaymentMark } from './command-effect.policy.ts';
import {
  again,
  countCall,
  done,
  mayRepeat,
  refuse,
  toCommandedPayment,
  toSettledCommand,
  withoutEffect,
} from './command-progress.policy.ts';
import type {
  Command,
  CommandRequest,
  CommandSettings,
  Customer,
  PaymentSight,
  SettledCommand,
} from './command.types.ts';

/** What to do with a leased command: call Primer, or write down what is known. */
export type CommandPlan =
  /** The command as it must be committed before the call; of a first call also whose payment it is. */
  | { readonly kind: 'call'; readonly command: Command; readonly customer?: Customer }
  | { readonly kind: 'settle'; readonly settled: SettledCommand };

/** A create that cannot have arrived is sent as it is: there is no payment yet to look at. */
export function planFirstCreate(command: Command, now: Date): CommandPlan {
  const { request } = command;
  const called = (asked: Partial<Command>) => countCall({ ...command, ...asked }, now);
  return request.kind === 'create'
    ? {
        kind: 'call',
        command: called({ amountMinor: request.amountMinor, currency: request.currency }),
        customer: toCustomer(request.customerId, undefined),
      }
    : { kind: 'call', command: called({}) };
}

/**
 * The plan for a capture, cancel or refund whose payment has been read. Before the first call the amount rules decide;
 * after one that may have arrived the payment tells what became of it, and only when it shows nothing and Primer has
 * said nothing is the call made again, under the same idempotency key.
 */
export function planOperation(
  command: Command,
  sight: PaymentSight,
  now: Date,
  settings: CommandSettings,
): CommandPlan {
  if (sight.kind === 'unavailable' || sight.kind === 'key-refused') {
    return planUnread(command, sight, now, settings);
  }
  if (sight.kind !== 'found') {
    return command.calls === 0 && sight.kind === 'missing'
      ? settle({ command: refuse(command, 'payment-not-found', now) }, now, settings)
      : // It was shown before the call: what the call did is for nobody to see now.
        settle(withoutEffect(command, command.refusal, now, settings, true), now, settings);
  }
  const seen = { ...command, payment: toCommandedPayment(sight.payment) };
  return command.calls === 0
    ? planFirstCall(seen, sight, now, settings)
    : planAfterCall(seen, sight.payment, now, settings);
}

/** The plan for a create that may have arrived, once its payment has been looked for. */
export function planCreated(command: Command, sight: PaymentSight, now: Date, settings: CommandSettings): CommandPlan {
  if (sight.kind === 'unavailable' || sight.kind === 'key-refused') {
    return planUnread(command, sight, now, settings);
  }
  if (sight.kind === 'found') {
    return isAskedFor(command.request, sight.payment)
      ? settle({ command: done(command, sight.payment, now), key: 'works' }, now, settings)
      : settle(
          { command: refuse(command, 'command-id-known', now), incidents: ['FOREIGN_COMMAND'], key: 'works' },
          now,
          settings,
        );
  }
  if (mayRepeat(command, now, settings)) {
    return { kind: 'call', command: countCall(command, now) };
  }
  const mayBeHidden = sight.kind === 'ambiguous' || sight.kind === 'unreadable';
  return settle(
    { ...withoutEffect(command, command.refusal, now, settings, mayBeHidden), key: 'works' },
    now,
    settings,
  );
}

/** The amount rules of what is asked for, about the payment as it is. */
export function checkRequest(request: CommandRequest, payment: PaymentSnapshot): AmountVerdict {
  switch (request.kind) {
    case 'capture':
      return checkCapture(request, payment);
    case 'refund':
      return checkRefund(request, payment);
    case 'cancel':
      return checkCancel(payment);
    default:
      return { kind: 'allowed', amountMinor: request.amountMinor, final: null };
  }
}

function planFirstCall(
  command: Command,
  { payment, emailHash }: Extract<PaymentSight, { kind: 'found' }>,
  now: Date,
  settings: CommandSettings,
): CommandPlan {
  // What a second person has approved is one amount: "all that is left" may be another one by now.
  const verdict = checkRequest(
    command.hold === null ? command.request : pinned(command.request, command.hold),
    payment,
  );
  if (verdict.kind === 'refused') {
    return settle({ command: refuse(command, verdict.reason, now), key: 'works' }, now, settings);
  }
  const { amountMinor, final } = verdict;
  const before = toPaymentMark(payment);
  const asked = { ...command, amountMinor, final, before, currency: payment.currency ?? null };
  return { kind: 'call', command: countCall(asked, now), customer: toCustomer(payment.customerId, emailHash) };
}

function planAfterCall(command: Command, payment: PaymentSnapshot, now: Date, settings: CommandSettings): CommandPlan {
  const effect = effectOf(command, payment);
  if (effect !== 'none') {
    const ended = effect === 'done' ? done(command, payment, now) : refuse(command, 'provider-failed', now);
    return settle({ command: ended, key: 'works' }, now, settings);
  }
  // From the first call on the amount is what it was.
  const verdict = checkRequest(pinned(command.request, command), payment);
  const isPossible = verdict.kind === 'allowed';
  if (isPossible && mayRepeat(command, now, settings)) {
    return { kind: 'call', command: countCall(command, now) };
  }
  // Something else may have used up what was left. Our call may still be under way, so this is not the end yet.
  const refusal = command.refusal ?? (isPossible ? null : { reason: verdict.reason, providerErrorId: null });
  const mayBeHidden = mayHideEffect({ ...command, refusal }, payment, isPossible);
  return settle({ ...withoutEffect(command, refusal, now, settings, mayBeHidden), key: 'works' }, now, settings);
}

function toCustomer(id: string | undefined, emailHash: string | undefined): Customer {
  return { ...(id === undefined ? {} : { id }), ...(emailHash === undefined ? {} : { emailHash }) };
}

/** The request with its amount and finality outright. */
function pinned(
  request: CommandRequest,
  { amountMinor, final }: Pick<Command, 'amountMinor' | 'final'>,
): CommandRequest {
  const asked = amountMinor === null ? {} : { amountMinor };
  if (request.kind === 'capture') {
    return { ...request, ...asked, ...(final === null ? {} : { final }) };
  }
  return request.kind === 'refund' ? { ...request, ...asked } : request;
}

function planUnread(
  command: Command,
  sight: Extract<PaymentSight, { kind: 'unavailable' | 'key-refused' }>,
  now: Date,
  settings: CommandSettings,
): CommandPlan {
  if (sight.kind === 'key-refused') {
    const lastAnswer = describeRefusedRead(sight);
    const paused = { ...again(command, now, settings, settings.keyPauseMs), lastAnswer };
    const key = sight.status === 401 ? 'refused' : 'not-asked';
    return settle({ command: paused, incidents: ['KEY_REFUSED'], key }, now, settings);
  }
  const waiting = { ...again(command, now, settings, sight.retryAfterMs), lastAnswer: 'payment unavailable' };
  return settle({ command: waiting }, now, settings);
}

/** A field that the payment does not show contradicts nothing. */
export function isAskedFor(request: CommandRequest, payment: PaymentSnapshot): boolean {
  return (
    request.kind === 'create' &&
    (payment.orderId ?? request.orderId) === request.orderId &&
    (payment.currency ?? request.currency) === request.currency &&
    BigInt(payment.amountMinor ?? request.amountMinor) <= BigInt(request.amountMinor)
  );
}

function settle(settled: Parameters<typeof toSettledCommand>[0], now: Date, settings: CommandSettings): CommandPlan {
  return { kind: 'settle', settled: toSettledCommand(settled, now, settings) };
}
