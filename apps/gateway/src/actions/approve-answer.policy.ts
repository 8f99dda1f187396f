import { answered, understood, otherRows, react } from './answer.policy.ts';
import type { AnswerRow, CallResult, Reaction } from './answer.types.ts';

/**
 * Everything Primer can answer to an approve, and what follows (API v2.4, "Approve a payment attempt"). Primer takes
 * the attempt id as the idempotency key: repeating an approve converges on one payment.
 */
export const APPROVE_ANSWERS: readonly AnswerRow[] = [
  {
    answer: '200',
    fits: understood(200),
    means: 'a payment exists',
    first: { kind: 'approved' },
    repeated: { kind: 'approved' },
  },
  {
    answer: '409 IdempotencyKeyAlreadyExists',
    fits: answered(409, 'IdempotencyKeyAlreadyExists'),
    means: 'a payment exists already; if no earlier call of ours may have arrived, somebody else approved',
    first: { kind: 'approved', incident: 'FOREIGN_APPROVE' },
    repeated: { kind: 'approved' },
  },
  {
    answer: '409 InvalidPaymentAttemptTransition',
    fits: answered(409, 'InvalidPaymentAttemptTransition'),
    means:
      'not the current attempt of its session, or already terminal: ambiguous once a call of ours may have arrived',
    first: { kind: 'conclude', outcome: 'REJECTED', reason: 'not-approvable' },
    repeated: { kind: 'find', ifNotFound: 'REJECTED', reason: 'not-approvable' },
  },
  {
    answer: '409 ClientSessionNotManual',
    fits: answered(409, 'ClientSessionNotManual'),
    means: 'the shop made the session without approvalMode MANUAL',
    first: { kind: 'conclude', outcome: 'REJECTED', reason: 'client-session-not-manual' },
    repeated: { kind: 'conclude', outcome: 'REJECTED', reason: 'client-session-not-manual' },
  },
  {
    answer: '410 PaymentAttemptExpired',
    fits: answered(410, 'PaymentAttemptExpired'),
    means: 'over, unless an earlier call of ours came in time',
    first: { kind: 'conclude', outcome: 'EXPIRED', reason: 'attempt-expired' },
    repeated: { kind: 'find', ifNotFound: 'EXPIRED', reason: 'attempt-expired' },
  },
  {
    answer: '404 PaymentAttemptNotFound',
    fits: answered(404, 'PaymentAttemptNotFound'),
    means: "unknown, or another tenant's: the key may be the wrong one",
    first: { kind: 'retry-thrice', then: { kind: 'conclude', outcome: 'REJECTED', reason: 'attempt-not-found' } },
    repeated: { kind: 'retry-thrice', then: { kind: 'find', ifNotFound: 'REJECTED', reason: 'attempt-not-found' } },
  },
  {
    answer: "400, 422 in Primer's words",
    fits: understood([400, 422]),
    means: 'our bug: no repetition would help',
    first: { kind: 'conclude', outcome: 'REJECTED', reason: 'request-refused', incident: 'REQUEST_REFUSED' },
    repeated: { kind: 'find', ifNotFound: 'REJECTED', reason: 'request-refused', incident: 'REQUEST_REFUSED' },
  },
  ...otherRows,
];

/** The reaction to what an approve came to. `earlierMayHaveArrived`: an approve before this one. */
export function reactToApprove(call: CallResult, earlierMayHaveArrived: boolean): Reaction {
  return react(APPROVE_ANSWERS, call, earlierMayHaveArrived);
}
