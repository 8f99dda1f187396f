import { type ConcludeCommandBody, KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { effectOf, hasMovedAsMuch } from '../commands/command-effect.policy.ts';
import { done, isLongOver, refuse } from '../commands/command-progress.policy.ts';
import type { Command, CommandSettings, PaymentSight } from '../commands/command.types.ts';
import { isAskedFor } from '../commands/plan-command.policy.ts';

/**
 * A person is asked only about a command of which nothing can be under way: its last call is long over, or none was made.
 * @throws KnownError PAYMENT_COMMAND_CONCLUDED, PAYMENT_COMMAND_NOT_STUCK
 */
export function assertCommandStuck(command: Command, now: Date, settings: CommandSettings): void {
  const { state, concludedAt, lastCalledAt } = command;
  if (concludedAt !== null) {
    throw new KnownError('PAYMENT_COMMAND_CONCLUDED', { facts: { status: state } });
  }
  if (state !== 'AWAITING' && !(state === 'UNKNOWN' && isLongOver(command, now, settings))) {
    const notBefore = lastCalledAt === null ? null : new Date(lastCalledAt.getTime() + settings.noEffectAfterMs);
    const facts = { status: state, notBefore: notBefore?.toISOString() ?? null };
    throw new KnownError('PAYMENT_COMMAND_NOT_STUCK', { facts });
  }
}

/**
 * The command as a person ends it, never against what Primer shows.
 * @param sight what reading the payment came to; undefined for a command that was never sent
 * @throws KnownError CONTRADICTS_PROVIDER, or PROVIDER_UNAVAILABLE when Primer did not say
 */
export function concludeCommandByPerson(
  command: Command,
  wish: ConcludeCommandBody,
  sight: PaymentSight | undefined,
  now: Date,
): Command {
  if (sight?.kind === 'unavailable' || sight?.kind === 'key-refused') {
    throw new KnownError('PROVIDER_UNAVAILABLE', { detail: 'The payment could not be read' });
  }
  const shown = sight?.kind === 'found' ? sight.payment : undefined;
  if (wish.outcome === 'done') {
    if (shown === undefined || !mayBeDone(command, shown)) {
      throw new KnownError('CONTRADICTS_PROVIDER', { detail: 'Primer shows no payment on which it was done' });
    }
    return done(command, shown, now);
  }
  if (sight?.kind === 'ambiguous' || (shown !== undefined && isDone(command, shown))) {
    throw new KnownError('CONTRADICTS_PROVIDER', {
      detail: 'Primer shows what may be its effect: say that it is done',
    });
  }
  return refuse(command, 'no-effect', now);
}

function isDone(command: Command, payment: PaymentSnapshot): boolean {
  return command.request.kind === 'create'
    ? isAskedFor(command.request, payment)
    : effectOf(command, payment) === 'done';
}

function mayBeDone(command: Command, payment: PaymentSnapshot): boolean {
  return isDone(command, payment) || hasMovedAsMuch(command, payment);
}
