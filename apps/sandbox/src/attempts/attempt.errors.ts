import { PrimerError } from '../api/primer.errors.ts';
import type { AbortRefusal, ApproveRefusal } from './attempt.policy.ts';
import type { AttemptPayment } from './attempt.types.ts';

/** An attempt that does not exist or is another tenant's: a caller cannot tell the two apart. */
type NotFound = 'PaymentAttemptNotFound';

const APPROVE_REFUSALS: Readonly<Record<ApproveRefusal | NotFound, readonly [status: number, description: string]>> = {
  PaymentAttemptNotFound: [404, 'The payment attempt could not be found.'],
  ClientSessionNotManual: [409, 'The client session must be in MANUAL approval mode to approve a payment attempt.'],
  InvalidPaymentAttemptTransition: [
    409,
    'The payment attempt is not the current attempt for its session, or it is already in a terminal state.',
  ],
  IdempotencyKeyAlreadyExists: [
    409,
    'A concurrent or duplicate approve has already created a payment for this payment attempt.',
  ],
  PaymentAttemptExpired: [410, 'The payment attempt has expired and can no longer be approved.'],
};

const ABORT_REFUSALS: Readonly<Record<AbortRefusal | NotFound, readonly [status: number, description: string]>> = {
  PaymentAttemptNotFound: [404, 'The payment attempt could not be found.'],
  InvalidPaymentAttemptTransition: [
    409,
    'The payment attempt is not in REQUIRES_APPROVAL — it has already been approved or aborted.',
  ],
  PaymentAttemptExpired: [410, 'The payment attempt has expired and can no longer be aborted.'],
};

/**
 * A documented refusal of `POST /payment-attempts/{id}/approve`.
 *
 * @param payment the one that an earlier approve has made; the documents give a 409 its id and status
 */
export function approveRefused(refusal: ApproveRefusal | NotFound, payment?: AttemptPayment): PrimerError {
  const [status, description] = APPROVE_REFUSALS[refusal];
  const related = payment && { paymentId: payment.id, paymentStatus: payment.status };
  return new PrimerError({ status, errorId: refusal, description, ...related });
}

/** A documented refusal of `POST /payment-attempts/{id}/abort`. */
export function abortRefused(refusal: AbortRefusal | NotFound): PrimerError {
  const [status, description] = ABORT_REFUSALS[refusal];
  return new PrimerError({ status, errorId: refusal, description });
}

/** Every refusal of an approve, for its documentation. */
export function documentedApproveRefusals(): PrimerError[] {
  return (Object.keys(APPROVE_REFUSALS) as (ApproveRefusal | NotFound)[]).map((refusal) => approveRefused(refusal));
}

/** Every refusal of an abort, for its documentation. */
export function documentedAbortRefusals(): PrimerError[] {
  return (Object.keys(ABORT_REFUSALS) as (AbortRefusal | NotFound)[]).map((refusal) => abortRefused(refusal));
}
