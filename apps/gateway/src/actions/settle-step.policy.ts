import { describeRefusedRead } from '../incidents/key-incident.policy.ts';
import { reactToAbort, reactToFence } from './abort-answer.policy.ts';
import type { TerminalState } from './action.states.ts';
import type { Action, ActionSettings, IncidentKind, Settled, Step } from './action.types.ts';
import type { CallResult, FinalReaction, Reaction } from './answer.types.ts';
import { reactToApprove } from './approve-answer.policy.ts';
import type { Finding } from './find-payment.policy.ts';
import { toRetryPauseMs } from './retry-pause.policy.ts';

/** Calls made in all before a 404 is believed. */
const NOT_FOUND_CALLS_MAX = 3;

/** The call was held back because others failed: that says nothing about this one, whose pauses grow no longer by it. */
const HELD_BACK_REASONS: ReadonlySet<string> = new Set(['circuit-open', 'too-many-calls']);

type CallStep = Exclude<Step, 'find'>;

/**
 * What an action becomes once its call's result is known. `action` is the one that was committed before the call, with
 * the call counted in it. The tables of answers decide; this only carries their reactions out.
 */
export function settleCall(
  action: Action,
  step: CallStep,
  call: CallResult,
  now: Date,
  settings: ActionSettings,
): Settled {
  const answered = { ...action, lastAnswer: describe(call) };
  const reaction = react(answered, step, call);
  const incidents = reaction.incident === undefined ? [] : [reaction.incident];
  const next = carryOut(answered, step, { call, reaction }, now, settings);
  return toSettled(action, next, { incidents, key: toKey(call, reaction) }, now, settings);
}

/** What an action becomes once payments have been looked for. */
export function settleFinding(action: Action, finding: Finding, now: Date, settings: ActionSettings): Settled {
  const looked = { ...action, lastAnswer: `payment ${finding.kind}` };
  if (finding.kind === 'found') {
    const incidents: IncidentKind[] = action.approveCalls === 0 ? ['PAID_AGAINST_ABORT'] : [];
    return toSettled(
      action,
      approved(looked, finding.payment.paymentId, now),
      { incidents, key: 'works' },
      now,
      settings,
    );
  }
  if (finding.kind === 'key-refused') {
    const dueAt = later(now, settings.keyPauseMs);
    const paused = { ...again(looked, now, settings), dueAt, lastAnswer: describeRefusedRead(finding) };
    // A key that may not read may approve all the same: only this search waits.
    const key = finding.status === 401 ? 'refused' : 'not-asked';
    return toSettled(action, paused, { incidents: ['KEY_REFUSED'], key }, now, settings);
  }
  const key = finding.kind === 'unavailable' ? 'not-asked' : 'works';
  if (action.step !== 'find') {
    // Looked only because a payment had been sighted: the step that was due goes on.
    return toSettled(action, { ...waiting(looked, now), dueAt: now }, { incidents: [], key }, now, settings);
  }
  if (saysNone(finding, action) && noneCounts(action, now, settings)) {
    return closeAsNotFound(action, looked, now, settings);
  }
  const isDoubtful = ['ambiguous', 'differing'].includes(finding.kind) || isUnshown(finding, action, now, settings);
  const incidents: IncidentKind[] = isDoubtful ? ['PAYMENT_AMBIGUOUS'] : [];
  const next = again(looked, now, settings, finding.kind === 'unavailable' ? finding.retryAfterMs : undefined);
  return toSettled(action, next, { incidents, key }, now, settings);
}

/** An action that has reached its outcome. */
export function conclude(action: Action, outcome: TerminalState, reason: string, now: Date): Action {
  return {
    ...action,
    state: outcome,
    outcomeReason: toOutcomeReason(action, outcome, reason),
    concludedAt: now,
    ifNotFound: null,
    ifNotFoundReason: null,
    dueAt: now,
  };
}

function react(action: Action, step: CallStep, call: CallResult): Reaction {
  if (step === 'approve') {
    return reactToApprove(call, action.approveCalls > 1);
  }
  const earlierMayHaveArrived = action.abortCalls > 1;
  return step === 'abort' ? reactToAbort(call, earlierMayHaveArrived) : reactToFence(call, earlierMayHaveArrived);
}

function carryOut(
  action: Action,
  step: CallStep,
  { call, reaction }: { call: CallResult; reaction: Reaction },
  now: Date,
  settings: ActionSettings,
): Action {
  if (reaction.kind === 'approved') {
    const paymentId = call.kind === 'answered' ? call.paymentId : undefined;
    return paymentId === undefined
      ? lookFor(action, { ifNotFound: 'APPROVED', reason: 'as-decided' }, now)
      : approved(action, paymentId, now);
  }
  if (reaction.kind === 'unknown') {
    return again(action, now, settings, retryAfterOf(call));
  }
  if (reaction.kind === 'conclude') {
    return finish(action, reaction, now);
  }
  const uncounted = withoutCall(action, step);
  if (reaction.kind === 'find') {
    return finish(uncounted, reaction, now);
  }
  if (reaction.kind === 'retry-thrice') {
    const missed = { ...uncounted, notFoundTries: action.notFoundTries + 1 };
    return missed.notFoundTries >= NOT_FOUND_CALLS_MAX
      ? finish(missed, reaction.then, now)
      : { ...again(missed, now, settings), dueAt: later(now, settings.notFoundPauseMs) };
  }
  if (call.kind === 'notSent' && HELD_BACK_REASONS.has(call.reason)) {
    return { ...again(uncounted, now, settings), tries: action.tries };
  }
  return reaction.pauseMerchant === true
    ? { ...again(uncounted, now, settings), dueAt: later(now, settings.keyPauseMs) }
    : again(uncounted, now, settings, retryAfterOf(call));
}

function finish(action: Action, reaction: FinalReaction, now: Date): Action {
  return reaction.kind === 'conclude'
    ? conclude(action, reaction.outcome, reaction.reason, now)
    : lookFor(action, reaction, now);
}

function approved(action: Action, paymentId: string, now: Date): Action {
  return { ...conclude(action, 'APPROVED', 'as-decided', now), paymentId };
}

function lookFor(action: Action, target: { ifNotFound: Action['ifNotFound']; reason: string }, now: Date): Action {
  return {
    ...action,
    state: 'UNKNOWN',
    unknownSince: action.unknownSince ?? now,
    step: 'find',
    ifNotFound: target.ifNotFound,
    ifNotFoundReason: target.reason,
    lookingSince: now,
    tries: 0,
    dueAt: now,
  };
}

/** The call had no effect: it is not one that may have arrived. */
function withoutCall(action: Action, step: CallStep): Action {
  return step === 'approve'
    ? { ...action, approveCalls: action.approveCalls - 1 }
    : { ...action, abortCalls: action.abortCalls - 1 };
}

/** Back to waiting for the next try of the same step, after a pause that grows. */
function again(action: Action, now: Date, settings: ActionSettings, pauseMs?: number): Action {
  const dueAt = later(now, Math.max(pauseMs ?? 0, toRetryPauseMs(action.tries, settings)));
  return { ...waiting(action, now), tries: action.tries + 1, dueAt: notBeyondClock(action, dueAt, now, settings) };
}

/** AWAITING as long as no call may have arrived, UNKNOWN from then on. */
function waiting(action: Action, now: Date): Action {
  const mayHaveArrived = action.approveCalls + action.abortCalls > 0 || action.state === 'UNKNOWN';
  return mayHaveArrived
    ? { ...action, state: 'UNKNOWN', unknownSince: action.unknownSince ?? now }
    : { ...action, state: 'AWAITING' };
}

/** A pause ends where another step becomes due: the abort or fence after `approveBy`, the first "none" that counts. */
function notBeyondClock(action: Action, dueAt: Date, now: Date, settings: ActionSettings): Date {
  const turn =
    action.step === 'approve'
      ? action.clocks.approveBy.getTime() + 1
      : (action.lookingSince?.getTime() ?? Number.POSITIVE_INFINITY) + settings.noneCountsAfterMs;
  return turn > now.getTime() && turn < dueAt.getTime() ? new Date(turn) : dueAt;
}

/** A payment that differs denies that there is none, not that the attempt is paid where Primer has said so. */
function saysNone({ kind }: Finding, { ifNotFound }: Action): boolean {
  return kind === 'none' || (kind === 'differing' && ifNotFound === 'APPROVED');
}

function noneCounts(action: Action, now: Date, settings: ActionSettings): boolean {
  return action.lookingSince !== null && now.getTime() >= action.lookingSince.getTime() + settings.noneCountsAfterMs;
}

/** What Primer has reported a moment ago it may not show yet; later nobody but a person can tell what it is. */
function isUnshown({ kind }: Finding, action: Action, now: Date, settings: ActionSettings): boolean {
  return kind === 'unreadable' && noneCounts(action, now, settings);
}

function closeAsNotFound(before: Action, looked: Action, now: Date, settings: ActionSettings): Settled {
  const { ifNotFound, ifNotFoundReason } = looked;
  if (ifNotFound === null || ifNotFound === 'KEEP_LOOKING') {
    return toSettled(before, again(looked, now, settings), { incidents: [], key: 'works' }, now, settings);
  }
  const closed = conclude(looked, ifNotFound, ifNotFoundReason ?? 'as-decided', now);
  const incidents: IncidentKind[] = ifNotFound === 'APPROVED' ? ['PAYMENT_ID_MISSING'] : [];
  return toSettled(before, closed, { incidents, key: 'works' }, now, settings);
}

function toOutcomeReason(action: Action, outcome: TerminalState, reason: string): string {
  if (outcome === 'REJECTED' && action.supersededBy !== null) {
    return 'superseded';
  }
  if (reason !== 'as-decided') {
    return reason;
  }
  return outcome === 'ABORTED' ? (action.abortReason ?? action.decision.reason) : action.decision.reason;
}

function toSettled(
  before: Action,
  next: Action,
  { incidents, key }: Pick<Settled, 'incidents' | 'key'>,
  now: Date,
  settings: ActionSettings,
): Settled {
  if (next.concludedAt !== null) {
    return { action: next, incidents, announce: 'concluded', key };
  }
  const doubtBegan = before.unknownSince === null && next.unknownSince !== null;
  const tooLong =
    next.unknownSince !== null && now.getTime() - next.unknownSince.getTime() >= settings.unknownTooLongMs;
  return {
    action: next,
    incidents: tooLong ? [...incidents, 'UNKNOWN_TOO_LONG'] : incidents,
    announce: doubtBegan ? 'outcome-unknown' : null,
    key,
  };
}

/** Answers that say something about the attempt: the key works. */
const KEY_WORKS_STATUSES: ReadonlySet<number> = new Set([200, 400, 404, 409, 410, 422]);

function toKey(call: CallResult, reaction: Reaction): Settled['key'] {
  if (reaction.pauseMerchant === true) {
    return 'refused';
  }
  return call.kind === 'answered' && KEY_WORKS_STATUSES.has(call.status) ? 'works' : 'not-asked';
}

function retryAfterOf(call: CallResult): number | undefined {
  return call.kind === 'notSent' ? undefined : call.retryAfterMs;
}

function describe(call: CallResult): string {
  if (call.kind === 'answered') {
    return call.errorId === undefined ? `${call.status}` : `${call.status} ${call.errorId}`;
  }
  return call.kind === 'unknown' && call.status !== undefined
    ? `${call.status} (${call.reason})`
    : `no answer (${call.reason})`;
}

function later(now: Date, pauseMs: number): Date {
  return new Date(now.getTime() + pauseMs);
}
