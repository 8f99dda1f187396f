import type { AttemptConcludedData, AttemptOutcomeUnknownData, ChargedKind, ShopperCode } from '@tollgate/contracts';
import { isTerminal, type TerminalState } from './action.states.ts';
import type { Action } from './action.types.ts';

interface Telling {
  readonly retryable: boolean;
  readonly shopperCode: ShopperCode;
}

/** What the shop may tell the shopper, by the outcome's reason; reasons not listed are told by the outcome alone. */
const BY_REASON: Readonly<Record<string, Telling>> = {
  superseded: { retryable: false, shopperCode: 'REPLACED' },
  'order-already-paid': { retryable: false, shopperCode: 'ALREADY_PAID' },
  'deadline-passed': { retryable: true, shopperCode: 'TIMED_OUT' },
  'decided-late': { retryable: true, shopperCode: 'TIMED_OUT' },
  'approve-unconfirmed': { retryable: true, shopperCode: 'TIMED_OUT' },
  'customer-left': { retryable: true, shopperCode: 'NOT_ACCEPTED' },
  'order-changed': { retryable: true, shopperCode: 'NOT_ACCEPTED' },
  'merchant-request': { retryable: true, shopperCode: 'NOT_ACCEPTED' },
  'operator-request': { retryable: true, shopperCode: 'NOT_ACCEPTED' },
  'closed-by-operator': { retryable: true, shopperCode: 'TECHNICAL' },
  'provider-silent': { retryable: true, shopperCode: 'TECHNICAL' },
  'not-approvable': { retryable: true, shopperCode: 'TECHNICAL' },
  'not-abortable': { retryable: true, shopperCode: 'TECHNICAL' },
};

const BY_OUTCOME: Readonly<Record<TerminalState, Telling>> = {
  APPROVED: { retryable: false, shopperCode: 'APPROVED' },
  ABORTED: { retryable: false, shopperCode: 'NOT_ACCEPTED' },
  EXPIRED: { retryable: true, shopperCode: 'TIMED_OUT' },
  REJECTED: { retryable: false, shopperCode: 'TECHNICAL' },
};

/** APPROVED means that a payment was created; only then may money have moved. One exception: {@link chargedBy}. */
const CHARGED: Readonly<Record<TerminalState, ChargedKind>> = {
  APPROVED: 'yes',
  ABORTED: 'no',
  EXPIRED: 'no',
  REJECTED: 'no',
};

/** A session that the shop left on Primer's AUTO is paid without asking us: saying "no" would invite a second charge. */
function chargedBy(state: TerminalState, reason: string): ChargedKind {
  return reason === 'client-session-not-manual' ? 'maybe' : CHARGED[state];
}

/** What is announced about an action that has reached its outcome. */
export function toConcluded(action: Action): AttemptConcludedData {
  if (!isTerminal(action.state) || action.concludedAt === null || action.outcomeReason === null) {
    throw new Error(`Not concluded: ${action.state}`);
  }
  const telling = action.state === 'APPROVED' ? undefined : BY_REASON[action.outcomeReason];
  return {
    ...toShared(action),
    outcome: action.state,
    ...(action.paymentId === null ? {} : { paymentId: action.paymentId }),
    charged: chargedBy(action.state, action.outcomeReason),
    ...(telling ?? BY_OUTCOME[action.state]),
    reason: action.outcomeReason,
    ...(action.firstCalledAt === null ? {} : { firstCalledAt: action.firstCalledAt.toISOString() }),
    concludedAt: action.concludedAt.toISOString(),
  };
}

/** What is announced once a call may have arrived and its answer is not known. */
export function toOutcomeUnknown(action: Action): AttemptOutcomeUnknownData {
  if (action.unknownSince === null) {
    throw new Error(`Not unknown: ${action.state}`);
  }
  return {
    ...toShared(action),
    action: action.approveCalls > 0 ? 'APPROVE' : 'ABORT',
    since: action.unknownSince.toISOString(),
  };
}

function toShared({ merchantId, attemptId, clientSessionId, order, clocks, decision }: Action) {
  return {
    merchantId,
    paymentAttemptId: attemptId,
    clientSessionId,
    order,
    clocks: {
      receivedAt: clocks.receivedAt.toISOString(),
      decideBy: clocks.decideBy.toISOString(),
      approveBy: clocks.approveBy.toISOString(),
      expiresAt: clocks.expiresAt.toISOString(),
    },
    decision: { ...decision, decidedAt: decision.decidedAt.toISOString() },
  };
}
