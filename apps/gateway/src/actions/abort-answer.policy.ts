import { answered, understood, otherRows, react } from './answer.policy.ts';
import type { AnswerRow, CallResult, Reaction } from './answer.types.ts';

/**
 * Everything Primer can answer to the abort of an ABORT action (API v2.4, "Abort a payment attempt"). An abort works
 * only while the attempt awaits approval; an abort after an abort is a 409, so our own record tells them apart.
 */
export const ABORT_ANSWERS: readonly AnswerRow[] = [
  {
    answer: '200',
    fits: understood(200),
    means: 'nothing was or will be charged',
    first: { kind: 'conclude', outcome: 'ABORTED', reason: 'as-decided' },
    repeated: { kind: 'conclude', outcome: 'ABORTED', reason: 'as-decided' },
  },
  {
    answer: '409 InvalidPaymentAttemptTransition',
    fits: answered(409, 'InvalidPaymentAttemptTransition'),
    means: 'approved or aborted already: by an earlier abort of ours, or by somebody else',
    first: { kind: 'find', ifNotFound: 'REJECTED', reason: 'not-abortable' },
    repeated: { kind: 'find', ifNotFound: 'ABORTED', reason: 'as-decided' },
  },
  {
    answer: '410 PaymentAttemptExpired',
    fits: answered(410, 'PaymentAttemptExpired'),
    means: 'over, and nothing was charged',
    first: { kind: 'conclude', outcome: 'EXPIRED', reason: 'attempt-expired' },
    repeated: { kind: 'conclude', outcome: 'EXPIRED', reason: 'attempt-expired' },
  },
  {
    answer: '404 PaymentAttemptNotFound',
    fits: answered(404, 'PaymentAttemptNotFound'),
    means: "unknown, or another tenant's: the key may be the wrong one",
    first: { kind: 'retry-thrice', then: { kind: 'conclude', outcome: 'REJECTED', reason: 'attempt-not-found' } },
    repeated: { kind: 'retry-thrice', then: { kind: 'conclude', outcome: 'REJECTED', reason: 'attempt-not-found' } },
  },
  {
    answer: "400, 422 in Primer's words",
    fits: understood([400, 422]),
    means: 'our bug: no repetition would help',
    first: { kind: 'conclude', outcome: 'REJECTED', reason: 'request-refused', incident: 'REQUEST_REFUSED' },
    repeated: { kind: 'conclude', outcome: 'REJECTED', reason: 'request-refused', incident: 'REQUEST_REFUSED' },
  },
  ...otherRows,
];

/**
 * Everything Primer can answer to a fence: the abort that closes an approve whose outcome is unknown, once it may not
 * be repeated any more. Whatever the answer, a payment may exist, so it is looked for unless the fence held.
 */
export const FENCE_ANSWERS: readonly AnswerRow[] = [
  {
    answer: '200',
    fits: understood(200),
    means: 'the approve had not won and cannot win any more',
    first: { kind: 'conclude', outcome: 'ABORTED', reason: 'approve-unconfirmed' },
    repeated: { kind: 'conclude', outcome: 'ABORTED', reason: 'approve-unconfirmed' },
  },
  {
    answer: '409 InvalidPaymentAttemptTransition',
    fits: answered(409, 'InvalidPaymentAttemptTransition'),
    means: 'the approve may have won, or an earlier fence of ours held',
    first: { kind: 'find', ifNotFound: 'KEEP_LOOKING', reason: 'approve-unconfirmed' },
    repeated: { kind: 'find', ifNotFound: 'ABORTED', reason: 'approve-unconfirmed' },
  },
  {
    answer: '410 PaymentAttemptExpired',
    fits: answered(410, 'PaymentAttemptExpired'),
    means: 'over, unless the approve came in time',
    first: { kind: 'find', ifNotFound: 'EXPIRED', reason: 'attempt-expired' },
    repeated: { kind: 'find', ifNotFound: 'EXPIRED', reason: 'attempt-expired' },
  },
  {
    answer: '404 PaymentAttemptNotFound',
    fits: answered(404, 'PaymentAttemptNotFound'),
    means: "unknown, or another tenant's: the key may be the wrong one",
    first: { kind: 'retry-thrice', then: { kind: 'find', ifNotFound: 'REJECTED', reason: 'attempt-not-found' } },
    repeated: { kind: 'retry-thrice', then: { kind: 'find', ifNotFound: 'REJECTED', reason: 'attempt-not-found' } },
  },
  {
    answer: "400, 422 in Primer's words",
    fits: understood([400, 422]),
    means: 'our bug: whether the approve won is still open',
    first: { kind: 'find', ifNotFound: 'KEEP_LOOKING', reason: 'request-refused', incident: 'REQUEST_REFUSED' },
    repeated: { kind: 'find', ifNotFound: 'KEEP_LOOKING', reason: 'request-refused', incident: 'REQUEST_REFUSED' },
  },
  ...otherRows,
];

/** The reaction to what an abort came to. `earlierMayHaveArrived`: an abort before this one. */
export function reactToAbort(call: CallResult, earlierMayHaveArrived: boolean): Reaction {
  return react(ABORT_ANSWERS, call, earlierMayHaveArrived);
}

/** The reaction to what a fence came to. `earlierMayHaveArrived`: a fence before this one. */
export function reactToFence(call: CallResult, earlierMayHaveArrived: boolean): Reaction {
  return react(FENCE_ANSWERS, call, earlierMayHaveArrived);
}
