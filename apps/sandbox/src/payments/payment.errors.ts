import { PrimerError, requestValidationError } from '../api/primer.errors.ts';
import type { PaymentRefusal } from './payment-refusal.types.ts';
import type { PaymentStatus } from './payment.states.ts';
import type { Payment } from './payment.types.ts';

/** Primer answers 400, not 404, to most calls for a payment it does not know. */
export function paymentNotFound(): PrimerError {
  return new PrimerError({ status: 400, errorId: 'PaymentError', description: 'The payment could not be found' });
}

/** 404 of `authorize`. */
export function paymentNotFoundToAuthorize(): PrimerError {
  return new PrimerError({
    status: 404,
    errorId: 'PaymentNotFoundError',
    description: 'The payment could not be found',
    validationErrors: [],
  });
}

/** 404 of `adjust-authorization`. */
export function paymentNotFoundToAdjust(): PrimerError {
  return new PrimerError({
    status: 404,
    errorId: 'EntityNotFound',
    description: 'No matching Payment could be found.',
    validationErrors: [],
  });
}

/** Why a token buys nothing. Primer's documents have one error id for all of them. */
export type TokenRefusal = 'UNKNOWN' | 'USED' | 'EXPIRED';

const TOKEN_ADVICE: Readonly<Record<TokenRefusal, string>> = {
  UNKNOWN: 'The payment method token is not known. Please provide one that is.',
  USED: 'The payment method token has been used. Please tokenize the payment method again.',
  EXPIRED: 'The payment method token has expired. Please tokenize the payment method again.',
};

/** 400 of `POST /payments` for a token that cannot be charged. */
export function paymentNotCreated(refusal: TokenRefusal): PrimerError {
  return new PrimerError({
    status: 400,
    errorId: 'PaymentError',
    description: 'The payment could not be created.',
    recoverySuggestion: TOKEN_ADVICE[refusal],
  });
}

/** 422 of a payment about which neither the request nor a client session says enough. */
export function missingPaymentFields(fields: readonly string[]): PrimerError {
  const names = fields.map((field) => `\`${field}\``).join(', ');
  return new PrimerError({
    status: 422,
    errorId: 'RequestValidationError',
    description: 'Missing fields for payment.',
    recoverySuggestion: `When creating a payment ${names} must either be provided via the Client Session or the Payment request.`,
  });
}

/** 422: a card is kept for a customer, so there has to be one. */
export function customerIdRequired(): PrimerError {
  return requestValidationError([
    { model: 'PaymentCreationAPIRequest', errors: [{ path: '$.customerId', description: 'Missing required field' }] },
  ]);
}

/** 400 of `POST /payments`, with the payment that the key has made. */
export function createKeyExists(key: string, payment: Pick<Payment, 'id' | 'status'>): PrimerError {
  return new PrimerError({
    status: 400,
    errorId: 'TransactionRequestIdempotencyKeyAlreadyExists',
    description: `Transaction request already exists with idempotency key '${key}'.`,
    paymentId: payment.id,
    paymentStatus: payment.status,
    validationErrors: [],
  });
}

/** 409 of every other call with an idempotency key, with the payment that the key was used for. */
export function operationKeyExists(key: string, payment: Pick<Payment, 'id' | 'status'>): PrimerError {
  return new PrimerError({
    status: 409,
    errorId: 'IdempotencyKeyAlreadyExists',
    description: `The idempotency key "${key}" already exists for transaction`,
    paymentId: payment.id,
    paymentStatus: payment.status,
  });
}

type Words = readonly [status: number, errorId: string, description: string];

type RefusalOf<Code extends PaymentRefusal['code']> = Extract<PaymentRefusal, { readonly code: Code }>;

/** Primer's words for each refusal; what its documents give no id is a `PaymentError`. */
const REFUSALS: { readonly [Code in PaymentRefusal['code']]: (refusal: RefusalOf<Code>) => Words } = {
  InvalidPaymentStatus: ({ status, operation }) => [
    400,
    'InvalidPaymentStatus',
    `${withArticle(status)} payment cannot be ${operation}`,
  ],
  PaymentAlreadyAuthorized: () => [400, 'PaymentAlreadyAuthorized', 'The payment has already been authorized'],
  MerchantAccountNotFound: () => [400, 'MerchantAccountNotFound', 'The merchant account could not be found'],
  MerchantAccountConflict: () => [
    400,
    'MerchantAccountConflict',
    'More than one merchant account was found for the provided processor merchant ID',
  ],
  UnprocessableCaptureAmount: ({ amount, limit }) => [
    400,
    'PaymentError',
    `Cannot capture ${amount}. The amount must be greater than 0 and at most what is left of the authorized amount (${limit}).`,
  ],
  CaptureUnderWay: () => [400, 'PaymentError', 'The processor cannot cancel a payment whose capture is being settled.'],
  RefusedByProcessor: () => [400, 'PaymentError', 'The processor refused the operation.'],
  PaymentAlreadyRefunded: () => [
    409,
    'PaymentAlreadyRefunded',
    'Cannot refund this payment because the payment has already been fully refunded.',
  ],
  UnprocessableRefundAmount: ({ amount, limit }) => [
    422,
    'UnprocessableRefundAmount',
    `Cannot refund this payment with the amount ${amount}. The refund amount must be greater than 0 and less than or equal to the captured amount that is not yet refunded (${limit}).`,
  ],
  CaptureEventNotFound: () => [400, 'PaymentError', 'The transaction event could not be found'],
  PaymentIsNotAuthorizedYet: () => [
    400,
    'PaymentIsNotAuthorizedYet',
    'Adjust Authorization is only allowed on authorized payments.',
  ],
  IncorrectPaymentAuthorizationType: () => [
    400,
    'IncorrectPaymentAuthorizationType',
    'Adjust authorization is only allowed on payments where authorizationType is set to estimated and not final.',
  ],
  AdjustAuthorizationNonCardPayment: () => [
    400,
    'AdjustAuthorizationNonCardPayment',
    'Adjust Authorization is only available on card payments.',
  ],
  AdjustAuthorizationNotSupported: ({ processor }) => [
    400,
    'AdjustAuthorizationNotSupported',
    `Adjust Authorization for processor ${processor} is not supported.`,
  ],
  InvalidResumeToken: () => [400, 'PaymentError', 'The resume token is not valid for this payment'],
  NoActionsToHandle: () => [
    202,
    'NoActionsToHandle',
    'The payment was not processed in time. Processing will continue asynchronously.',
  ],
};

/** What Primer answers when an operation is refused, with the payment where its documents have it. */
export function operationRefused(refusal: PaymentRefusal, payment?: Pick<Payment, 'id' | 'status'>): PrimerError {
  const wordsOf = REFUSALS[refusal.code] as (of: PaymentRefusal) => Words;
  const [status, errorId, description] = wordsOf(refusal);
  const related = status === 400 && payment ? { paymentId: payment.id, paymentStatus: payment.status } : {};
  return new PrimerError({ status, errorId, description, ...related, ...adviceOn(refusal) });
}

function adviceOn(refusal: PaymentRefusal): { readonly recoverySuggestion?: string } {
  return refusal.code === 'NoActionsToHandle'
    ? { recoverySuggestion: 'Use GET /payments/:paymentId to get the state of the payment' }
    : {};
}

/** `A settled`, `An authorized`. */
function withArticle(status: PaymentStatus): string {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return `${words.startsWith('a') ? 'An' : 'A'} ${words}`;
}
