import type { Action, IfNotFound, Step } from './action.types.ts';
import type { ActionState } from './action.states.ts';

/** A row of `attempt_action` as pg gives it; `lease_until` and `created_at` are the database's own. */
export interface ActionRow {
  merchant_id: string;
  attempt_id: string;
  client_session_id: string;
  order_id: string;
  amount_minor: string;
  currency: string;
  analytics_id: string | null;
  received_at: Date;
  decide_by: Date;
  approve_by: Date;
  expires_at: Date;
  decision: 'APPROVE' | 'ABORT';
  decision_source: string;
  decision_reason: string;
  decided_at: Date;
  superseded_by: string | null;
  traceparent: string | null;
  state: ActionState;
  step: Step;
  abort_reason: string | null;
  if_not_found: IfNotFound | null;
  if_not_found_reason: string | null;
  fence: number;
  approve_calls: number;
  abort_calls: number;
  tries: number;
  not_found_tries: number;
  first_called_at: Date | null;
  unknown_since: Date | null;
  looking_since: Date | null;
  looked_at: Date | null;
  payment_id: string | null;
  outcome_reason: string | null;
  concluded_at: Date | null;
  due_at: Date;
  last_answer: string | null;
}

/** Columns of a decision that has won: written once. */
export const DECISION_COLUMNS = [
  'merchant_id',
  'attempt_id',
  'client_session_id',
  'order_id',
  'amount_minor',
  'currency',
  'analytics_id',
  'received_at',
  'decide_by',
  'approve_by',
  'expires_at',
  'decision',
  'decision_source',
  'decision_reason',
  'decided_at',
  'superseded_by',
  'traceparent',
] as const satisfies ReadonlyArray<keyof ActionRow>;

/** Columns that change while the action is carried out. */
export const PROGRESS_COLUMNS = [
  'state',
  'step',
  'abort_reason',
  'if_not_found',
  'if_not_found_reason',
  'fence',
  'approve_calls',
  'abort_calls',
  'tries',
  'not_found_tries',
  'first_called_at',
  'unknown_since',
  'looking_since',
  'looked_at',
  'payment_id',
  'outcome_reason',
  'concluded_at',
  'due_at',
  'last_answer',
] as const satisfies ReadonlyArray<keyof ActionRow>;

/** The row of an action, for `jsonb_populate_recordset`. */
export function toActionRow(action: Action): ActionRow {
  const { order, clocks, decision } = action;
  return {
    merchant_id: action.merchantId,
    attempt_id: action.attemptId,
    client_session_id: action.clientSessionId,
    order_id: order.orderId,
    amount_minor: order.amountMinor,
    currency: order.currency,
    analytics_id: action.analyticsId,
    received_at: clocks.receivedAt,
    decide_by: clocks.decideBy,
    approve_by: clocks.approveBy,
    expires_at: clocks.expiresAt,
    decision: decision.decision,
    decision_source: decision.source,
    decision_reason: decision.reason,
    decided_at: decision.decidedAt,
    superseded_by: action.supersededBy,
    traceparent: action.traceparent,
    state: action.state,
    step: action.step,
    abort_reason: action.abortReason,
    if_not_found: action.ifNotFound,
    if_not_found_reason: action.ifNotFoundReason,
    fence: action.fence,
    approve_calls: action.approveCalls,
    abort_calls: action.abortCalls,
    tries: action.tries,
    not_found_tries: action.notFoundTries,
    first_called_at: action.firstCalledAt,
    unknown_since: action.unknownSince,
    looking_since: action.lookingSince,
    looked_at: action.lookedAt,
    payment_id: action.paymentId,
    outcome_reason: action.outcomeReason,
    concluded_at: action.concludedAt,
    due_at: action.dueAt,
    last_answer: action.lastAnswer,
  };
}

/** The action of a row. */
export function toAction(row: ActionRow): Action {
  return {
    merchantId: row.merchant_id,
    attemptId: row.attempt_id,
    clientSessionId: row.client_session_id,
    order: { orderId: row.order_id, amountMinor: row.amount_minor, currency: row.currency },
    analyticsId: row.analytics_id,
    clocks: {
      receivedAt: row.received_at,
      decideBy: row.decide_by,
      approveBy: row.approve_by,
      expiresAt: row.expires_at,
    },
    decision: {
      decision: row.decision,
      source: row.decision_source,
      reason: row.decision_reason,
      decidedAt: row.decided_at,
    },
    supersededBy: row.superseded_by,
    traceparent: row.traceparent,
    state: row.state,
    step: row.step,
    abortReason: row.abort_reason,
    ifNotFound: row.if_not_found,
    ifNotFoundReason: row.if_not_found_reason,
    fence: row.fence,
    approveCalls: row.approve_calls,
    abortCalls: row.abort_calls,
    tries: row.tries,
    notFoundTries: row.not_found_tries,
    firstCalledAt: row.first_called_at,
    unknownSince: row.unknown_since,
    lookingSince: row.looking_since,
    lookedAt: row.looked_at,
    paymentId: row.payment_id,
    outcomeReason: row.outcome_reason,
    concludedAt: row.concluded_at,
    dueAt: row.due_at,
    lastAnswer: row.last_answer,
  };
}
