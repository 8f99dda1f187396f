import type { Reason } from '@tollgate/contracts';
import { isTerminal } from './action.states.ts';
import type { Action, ActionSettings, Step } from './action.types.ts';
import { toAbortReason } from './abort-reason.policy.ts';
import { conclude } from './settle-step.policy.ts';

/** What is done with an action whose turn it is. */
export interface Started {
  /** As it is committed before anything is sent: whatever happens then, the row knows that a call may have arrived. */
  readonly action: Action;
  /** What to do at Primer after the commit; null when the action is closed without a call. */
  readonly step: Step | null;
  readonly announce: 'concluded' | 'outcome-unknown' | null;
}

/** A new action for a decision that has won. `now` by the database's clock. */
export function openAction(
  about: Pick<
    Action,
    | 'merchantId'
    | 'attemptId'
    | 'clientSessionId'
    | 'order'
    | 'analyticsId'
    | 'clocks'
    | 'decision'
    | 'supersededBy'
    | 'traceparent'
  >,
  now: Date,
): Action {
  const aborts = about.decision.decision === 'ABORT';
  return {
    ...about,
    state: 'AWAITING',
    step: aborts ? 'abort' : 'approve',
    abortReason: aborts ? toAbortReason(about.decision) : null,
    ifNotFound: null,
    ifNotFoundReason: null,
    fence: 0,
    approveCalls: 0,
    abortCalls: 0,
    tries: 0,
    notFoundTries: 0,
    firstCalledAt: null,
    unknownSince: null,
    lookingSince: null,
    lookedAt: null,
    paymentId: null,
    outcomeReason: null,
    concludedAt: null,
    dueAt: now,
    lastAnswer: null,
  };
}

/**
 * Takes the next step under a new lease. Pure: commits nothing, sends nothing.
 * - An action still CALLING has lost its lease, so its call may have arrived: UNKNOWN.
 * - No approve starts after `approveBy`: one that never left becomes an abort, one that may have left is fenced.
 * - With no approve ever left and Primer silent until an hour after `expiresAt`, the attempt is EXPIRED; not where a
 *   payment is looked for: then Primer has refused the abort, and somebody may have approved.
 * @param sighted a payment that may be this attempt's has been reported since payments were looked for last
 */
export function startStep(before: Action, now: Date, settings: ActionSettings, sighted: boolean): Started {
  if (isTerminal(before.state)) {
    throw new Error(`A ${before.state} action takes no further step`);
  }
  const owned: Action = { ...before, fence: before.fence + 1 };
  const isSilent = now.getTime() >= owned.clocks.expiresAt.getTime() + settings.silentExpiryMs;
  if (isSilent && owned.approveCalls === 0 && owned.step !== 'find') {
    const action = conclude(owned, 'EXPIRED', 'provider-silent', now);
    return { action, step: null, announce: 'concluded' };
  }
  const lostCall = owned.state === 'CALLING';
  const settled = lostCall ? { ...owned, state: 'UNKNOWN' as const, unknownSince: owned.unknownSince ?? now } : owned;
  const announce = lostCall && owned.unknownSince === null ? 'outcome-unknown' : null;
  if (sighted && settled.state === 'UNKNOWN') {
    return { action: { ...settled, lookedAt: now }, step: 'find', announce };
  }
  const due = inTime(settled, now);
  return { action: withCallCounted(due, now), step: due.step, announce };
}

/**
 * True if the step to start is an approve. What was sighted is looked for in its stead where one may have left, and
 * after `approveBy` none starts.
 */
export function isApproveDue({ step, state, clocks }: Action, sighted: boolean, now: Date): boolean {
  const isSearched = sighted && state !== 'AWAITING';
  return step === 'approve' && !isSearched && now.getTime() <= clocks.approveBy.getTime();
}

/**
 * An approve that must not start now waits: until it is woken because it may, or until its clock has run out and it
 * becomes an abort, or a fence if one may have left before.
 * @param waitMsMax it is looked at again by itself after so long: what stopped it may have been a switch that could not
 *   be read, or that was turned off just before the action was written, and then nobody wakes it
 */
export function untilResumed(action: Action, now: Date, waitMsMax: number): Action {
  const dueAtMs = Math.min(action.clocks.approveBy.getTime() + 1, now.getTime() + waitMsMax);
  return { ...action, dueAt: new Date(Math.max(now.getTime(), dueAtMs)) };
}

/**
 * An approve that must not be made becomes an abort with this reason. Only for an action of which no approve may have
 * left: the others have to find out what it came to.
 */
export function refuseApprove(action: Action, abortReason: Reason): Action {
  return { ...action, step: 'abort', abortReason, tries: 0, notFoundTries: 0 };
}

/** The abort that is made in place of a first approve that has been started and must not be sent. */
export function abortInstead(started: Started, abortReason: Reason): Started {
  const refused = refuseApprove(started.action, abortReason);
  const { approveCalls, abortCalls } = refused;
  return {
    ...started,
    action: { ...refused, approveCalls: approveCalls - 1, abortCalls: abortCalls + 1 },
    step: 'abort',
  };
}

/** The step that may still be taken at this time. */
function inTime(action: Action, now: Date): Action {
  if (action.step !== 'approve' || now.getTime() <= action.clocks.approveBy.getTime()) {
    return action;
  }
  return action.approveCalls === 0
    ? refuseApprove(action, 'decided-late')
    : { ...action, step: 'fence', abortReason: 'approve-unconfirmed', tries: 0, notFoundTries: 0 };
}

function withCallCounted(action: Action, now: Date): Action {
  if (action.step === 'find') {
    return action;
  }
  const state = action.state === 'AWAITING' ? ('CALLING' as const) : action.state;
  const called = { ...action, state, firstCalledAt: action.firstCalledAt ?? now };
  return action.step === 'approve'
    ? { ...called, approveCalls: action.approveCalls + 1 }
    : { ...called, abortCalls: action.abortCalls + 1 };
}
