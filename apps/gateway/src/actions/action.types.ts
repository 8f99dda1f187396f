import type { DecidedOrder } from '@tollgate/contracts';
import type { ActionState, TerminalState } from './action.states.ts';

/** What is to be done at Primer next. A fence is an abort that closes an approve whose outcome is unknown. */
export const STEPS = ['approve', 'abort', 'fence', 'find'] as const;
export type Step = (typeof STEPS)[number];

/** What "there is no payment" means for an attempt whose payment is looked for. */
export type IfNotFound = TerminalState | 'KEEP_LOOKING';

/** An attempt's clocks as instants; see GATE clocks in the contracts. */
export interface ActionClocks {
  readonly receivedAt: Date;
  readonly decideBy: Date;
  readonly approveBy: Date;
  readonly expiresAt: Date;
}

/** The first terminal decision that was committed: what is carried out. */
export interface WonDecision {
  readonly decision: 'APPROVE' | 'ABORT';
  readonly source: string;
  readonly reason: string;
  readonly decidedAt: Date;
}

/** The one winning action of one attempt: everything that decides what happens next. */
export interface Action {
  readonly merchantId: string;
  readonly attemptId: string;
  readonly clientSessionId: string;
  readonly order: DecidedOrder;
  readonly analyticsId: string | null;
  readonly clocks: ActionClocks;
  readonly decision: WonDecision;
  /** The newer attempt of the same client session, where a decision named it. */
  readonly supersededBy: string | null;
  /** The trace of the decision, continued by the call and the outcome. */
  readonly traceparent: string | null;
  readonly state: ActionState;
  readonly step: Step;
  /** The reason an abort or a fence is sent with; null while an approve is to be made. */
  readonly abortReason: string | null;
  /** Set with the step `find`. */
  readonly ifNotFound: IfNotFound | null;
  /** What the conclusion is put down to when `find` ends without a payment. */
  readonly ifNotFoundReason: string | null;
  /** Grows with each lease; a result is recorded only under the fence number its call was leased with. */
  readonly fence: number;
  /** Approve calls that may have arrived, the one under way included. */
  readonly approveCalls: number;
  /** Abort calls that may have arrived, fences and the one under way included. */
  readonly abortCalls: number;
  /** Tries in a row that brought nothing: makes pauses grow. */
  readonly tries: number;
  /** Answers 404 so far. */
  readonly notFoundTries: number;
  readonly firstCalledAt: Date | null;
  readonly unknownSince: Date | null;
  readonly lookingSince: Date | null;
  /** When payments were looked for last because one had been sighted. */
  readonly lookedAt: Date | null;
  readonly paymentId: string | null;
  readonly outcomeReason: string | null;
  readonly concludedAt: Date | null;
  /** When somebody should take the next step, unless a lease is running. */
  readonly dueAt: Date;
  /** Status and error id of Primer's last answer, for operators. */
  readonly lastAnswer: string | null;
}

/** Lengths that the policies work with. Milliseconds. */
export interface ActionSettings {
  /** First pause before a call is repeated; it doubles with each try. */
  readonly retryPauseMs: number;
  readonly retryPauseMsMax: number;
  /** Pause between tries after 404, of which there are three. */
  readonly notFoundPauseMs: number;
  /** How long the payment list may lag, doubled: before that, "none" does not count. */
  readonly noneCountsAfterMs: number;
  /** An unknown outcome older than this is an operator's. */
  readonly unknownTooLongMs: number;
  /** After `expiresAt`: an attempt for which no approve may have left is closed although Primer is silent. */
  readonly silentExpiryMs: number;
  /** While a merchant's key is refused: how often one call tries whether it works again. */
  readonly keyPauseMs: number;
}

/** What needs a person. Closed list; each is a row that grows a count, never a log line alone. */
export const INCIDENT_KINDS = [
  'FOREIGN_APPROVE',
  'PAID_AGAINST_ABORT',
  'APPROVED_OTHER_THAN_DECIDED',
  'WRONG_KEY_OR_TENANT',
  'KEY_REFUSED',
  'SESSIONS_NOT_MANUAL',
  'REQUEST_REFUSED',
  'ANSWER_NOT_UNDERSTOOD',
  'PAYMENT_AMBIGUOUS',
  'PAYMENT_ID_MISSING',
  'UNKNOWN_TOO_LONG',
  'FOREIGN_COMMAND',
  'COMMAND_WITHOUT_EFFECT',
  'COMMAND_UNKNOWN_TOO_LONG',
] as const;
export type IncidentKind = (typeof INCIDENT_KINDS)[number];

/** An action after a step, with what must be written beside it in the same transaction. */
export interface Settled {
  readonly action: Action;
  readonly incidents: readonly IncidentKind[];
  /** Which event tells the others; null when nothing they know has changed. */
  readonly announce: 'concluded' | 'outcome-unknown' | null;
  /** What became of the merchant's key: refused, so that nothing of theirs is called for a while; shown to work; or nothing learnt. */
  readonly key: 'refused' | 'works' | 'not-asked';
}
