import type { AttemptApprovalStatus } from './attempt.states.ts';

export type ApprovalMode = 'MANUAL' | 'AUTO';

/** What decides the answer to an approve or abort; the status is the one at the moment of the call. */
export interface AttemptFacts {
  readonly approvalMode: ApprovalMode;
  readonly status: AttemptApprovalStatus;
  /** Whether the attempt is the current one of its client session: each session has one, the newest. */
  readonly isCurrent: boolean;
}

export type ApproveRefusal =
  | 'ClientSessionNotManual'
  | 'InvalidPaymentAttemptTransition'
  | 'IdempotencyKeyAlreadyExists'
  | 'PaymentAttemptExpired';

export type AbortRefusal = 'InvalidPaymentAttemptTransition' | 'PaymentAttemptExpired';

export type Verdict<Refusal> = { readonly allowed: true } | { readonly allowed: false; readonly refusal: Refusal };

/** Why an attempt in a status cannot be approved; none for the one that awaits it. */
const APPROVE_REFUSAL_BY_STATUS: Readonly<Record<AttemptApprovalStatus, ApproveRefusal | undefined>> = {
  REQUIRES_APPROVAL: undefined,
  APPROVED: 'IdempotencyKeyAlreadyExists',
  ABORTED: 'InvalidPaymentAttemptTransition',
  EXPIRED: 'PaymentAttemptExpired',
};

/** Why an attempt in a status cannot be aborted: abort has no idempotent success, a second one is a 409. */
const ABORT_REFUSAL_BY_STATUS: Readonly<Record<AttemptApprovalStatus, AbortRefusal | undefined>> = {
  REQUIRES_APPROVAL: undefined,
  APPROVED: 'InvalidPaymentAttemptTransition',
  ABORTED: 'InvalidPaymentAttemptTransition',
  EXPIRED: 'PaymentAttemptExpired',
};

/**
 * Decides an approve, from Primer's page "Approve a payment attempt", for an attempt that exists and is the caller's.
 *
 * Where several refusals would fit, the one that tells most about money comes first: an attempt that has a payment
 * always says so, however old or superseded it is.
 */
export function decideApprove(attempt: AttemptFacts): Verdict<ApproveRefusal> {
  if (attempt.approvalMode !== 'MANUAL') return refuse('ClientSessionNotManual');
  const refusal = APPROVE_REFUSAL_BY_STATUS[attempt.status];
  if (refusal) return refuse(refusal);
  return attempt.isCurrent ? { allowed: true } : refuse('InvalidPaymentAttemptTransition');
}

/**
 * Decides an abort, from Primer's page "Abort a payment attempt". A superseded attempt still awaits approval and may be
 * aborted; an attempt of an AUTO session never awaited one.
 */
export function decideAbort(attempt: AttemptFacts): Verdict<AbortRefusal> {
  if (attempt.approvalMode !== 'MANUAL') return refuse('InvalidPaymentAttemptTransition');
  const refusal = ABORT_REFUSAL_BY_STATUS[attempt.status];
  return refusal ? refuse(refusal) : { allowed: true };
}

function refuse<Refusal>(refusal: Refusal): Verdict<Refusal> {
  return { allowed: false, refusal };
}
