import type { ActionAnswer } from '@tollgate/contracts';
import { isTerminal } from '../actions/action.states.ts';
import type { Action } from '../actions/action.types.ts';

/** An action as operators read it. */
export function toActionAnswer(action: Action, heldBackBy: ActionAnswer['heldBackBy'] = null): ActionAnswer {
  const { order, clocks, decision, state, outcomeReason, concludedAt } = action;
  return {
    merchantId: action.merchantId,
    paymentAttemptId: action.attemptId,
    clientSessionId: action.clientSessionId,
    order: { orderId: order.orderId, amount: { amountMinor: order.amountMinor, currency: order.currency } },
    decision: { ...decision, decidedAt: decision.decidedAt.toISOString() },
    state,
    step: action.step,
    calls: { approve: action.approveCalls, abort: action.abortCalls },
    fence: action.fence,
    clocks: {
      receivedAt: clocks.receivedAt.toISOString(),
      decideBy: clocks.decideBy.toISOString(),
      approveBy: clocks.approveBy.toISOString(),
      expiresAt: clocks.expiresAt.toISOString(),
    },
    firstCalledAt: action.firstCalledAt?.toISOString() ?? null,
    unknownSince: action.unknownSince?.toISOString() ?? null,
    nextTryAt: isTerminal(state) ? null : action.dueAt.toISOString(),
    heldBackBy: isTerminal(state) ? null : heldBackBy,
    lastAnswer: action.lastAnswer,
    outcome:
      isTerminal(state) && concludedAt !== null && outcomeReason !== null
        ? { outcome: state, reason: outcomeReason, paymentId: action.paymentId, concludedAt: concludedAt.toISOString() }
        : null,
    supersededBy: action.supersededBy,
    traceId: action.traceparent?.split('-')[1] ?? null,
  };
}
