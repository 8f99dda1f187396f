import { type CommandReaction, reactToCommandAnswer } from './command-answer.policy.ts';
import { effectOf } from './command-effect.policy.ts';
import { again, done, refuse, toCommandedPayment, toSettledCommand } from './command-progress.policy.ts';
import type { Command, CommandCall, CommandSettings, SettledCommand } from './command.types.ts';

/**
 * What a command becomes once its call's result is known. `command` is the one that was committed before the call, with
 * the call counted in it. The tables of answers decide; this only carries their reactions out.
 */
export function settleCommandCall(
  command: Command,
  call: CommandCall,
  now: Date,
  settings: CommandSettings,
): SettledCommand {
  const reaction = reactToCommandAnswer(command.request.kind, call);
  const next = carryOut({ ...command, lastAnswer: describe(call) }, reaction, call, now, settings);
  const isForeign = reaction.kind === 'arrived' && command.calls === 1;
  return toSettledCommand(
    {
      command: next,
      incidents: [
        ...(reaction.incident === undefined ? [] : [reaction.incident]),
        ...(isForeign ? ['FOREIGN_COMMAND' as const] : []),
      ],
      key:
        reaction.kind === 'retry' && reaction.keyRefused === 'for-all'
          ? 'refused'
          : wasAnswered(call)
            ? 'works'
            : 'not-asked',
    },
    now,
    settings,
  );
}

function carryOut(
  command: Command,
  reaction: CommandReaction,
  call: CommandCall,
  now: Date,
  settings: CommandSettings,
): Command {
  const isFirst = command.calls === 1;
  const answer = call.kind === 'answered' ? call : undefined;
  const retryAfterMs = call.kind === 'notSent' ? undefined : call.retryAfterMs;
  switch (reaction.kind) {
    case 'created':
      return answer?.payment === undefined ? again(command, now, settings) : done(command, answer.payment, now);
    case 'effect':
      return settleEffect(command, call, now, settings);
    case 'refuse': {
      const refusal = { reason: reaction.reason, providerErrorId: answer?.errorId ?? null };
      // After a lost call a refusal may be the lost call's doing: the payment tells, or a person.
      return isFirst
        ? refuse(command, refusal.reason, now, refusal.providerErrorId)
        : lookNow({ ...command, refusal }, now);
    }
    case 'arrived':
      if (command.request.kind === 'create') {
        return lookNow({ ...command, arrived: true, paymentId: answer?.paymentId ?? command.paymentId }, now);
      }
      // Nothing of ours can have arrived before: the id is somebody else's, and our call was not carried out.
      return isFirst
        ? refuse(command, 'command-id-known', now, answer?.errorId)
        : lookNow({ ...command, arrived: true }, now);
    case 'retry': {
      const pauseMs = reaction.keyRefused !== undefined ? settings.keyPauseMs : retryAfterMs;
      return again(withoutCall(command), now, settings, pauseMs);
    }
    default:
      return again(command, now, settings, retryAfterMs);
  }
}

/** Primer's word that it is done is believed as far as its payment shows it. */
function settleEffect(command: Command, call: CommandCall, now: Date, settings: CommandSettings): Command {
  const payment = call.kind === 'answered' ? call.payment : undefined;
  if (payment === undefined) {
    return again(command, now, settings);
  }
  const effect = effectOf(command, payment);
  if (effect === 'done') {
    return done(command, payment, now);
  }
  const seen = { ...command, payment: toCommandedPayment(payment) };
  return effect === 'failed' ? refuse(seen, 'provider-failed', now) : again({ ...seen, arrived: true }, now, settings);
}

function lookNow(command: Command, now: Date): Command {
  return { ...command, state: 'UNKNOWN', unknownSince: command.unknownSince ?? now, tries: 0, dueAt: now };
}

/** The call had no effect: it is not one that may have arrived. */
function withoutCall(command: Command): Command {
  const calls = command.calls - 1;
  return calls === 0
    ? { ...command, calls, firstCalledAt: null, lastCalledAt: null, before: null, amountMinor: null, final: null }
    : { ...command, calls };
}

/** True if Primer said something about the payment: the key works. */
function wasAnswered(call: CommandCall): boolean {
  return call.kind === 'answered' && [200, 400, 404, 409, 422].includes(call.status);
}

function describe(call: CommandCall): string {
  if (call.kind === 'answered') {
    return call.errorId === undefined ? `${call.status}` : `${call.status} ${call.errorId}`;
  }
  return call.kind === 'unknown' && call.status !== undefined
    ? `${call.status} (${call.reason})`
    : `no answer (${call.reason})`;
}
