import type { PrimerCallName } from './primer-call.types.ts';

/** One answer that Primer's documents (API v2.4) give to a call. */
export interface DocumentedAnswer {
  readonly status: number;
  readonly errorId?: string;
}

const INVALID = { status: 422, errorId: 'RequestValidationError' } as const;
const KEY_USED = { status: 409, errorId: 'IdempotencyKeyAlreadyExists' } as const;
const PAYMENT_ERROR = { status: 400, errorId: 'PaymentError' } as const;
const SESSION_INVALID = { status: 400, errorId: 'ClientSessionValidationError' } as const;
const EMPTY_KEY = { status: 400, errorId: 'MetadataContainsEmptyKey' } as const;
const NOT_CURRENT = { status: 409, errorId: 'InvalidPaymentAttemptTransition' } as const;
const NO_ATTEMPT = { status: 404, errorId: 'PaymentAttemptNotFound' } as const;
const EXPIRED = { status: 410, errorId: 'PaymentAttemptExpired' } as const;
const NOT_JSON = { status: 400, errorId: 'BadRequest' } as const;
const OK = { status: 200 } as const;

/**
 * What each call can answer, by its own page of the documents: the one list from which the typed error ids, the
 * conformance matrix and the test of client against emulator are made. {@link GENERAL_ANSWERS} belong to all of them.
 */
export const DOCUMENTED_ANSWERS = {
  approveAttempt: [
    OK,
    NOT_JSON,
    NO_ATTEMPT,
    { status: 409, errorId: 'ClientSessionNotManual' },
    NOT_CURRENT,
    KEY_USED,
    EXPIRED,
    INVALID,
  ],
  abortAttempt: [OK, NOT_JSON, NO_ATTEMPT, NOT_CURRENT, EXPIRED, INVALID],
  createClientSession: [OK, SESSION_INVALID, EMPTY_KEY, INVALID],
  getClientSession: [OK, SESSION_INVALID, INVALID],
  updateClientSession: [OK, SESSION_INVALID, EMPTY_KEY, INVALID],
  createPayment: [
    OK,
    PAYMENT_ERROR,
    { status: 400, errorId: 'TransactionRequestIdempotencyKeyAlreadyExists' },
    EMPTY_KEY,
    INVALID,
  ],
  listPayments: [OK, INVALID],
  getPayment: [OK, PAYMENT_ERROR],
  authorizePayment: [
    OK,
    { status: 400, errorId: 'PaymentAlreadyAuthorized' },
    { status: 400, errorId: 'InvalidPaymentStatus' },
    { status: 400, errorId: 'MerchantAccountNotFound' },
    { status: 400, errorId: 'MerchantAccountConflict' },
    { status: 404, errorId: 'PaymentNotFoundError' },
    KEY_USED,
    INVALID,
  ],
  capturePayment: [OK, PAYMENT_ERROR, KEY_USED, INVALID],
  cancelPayment: [OK, PAYMENT_ERROR, KEY_USED],
  refundPayment: [
    OK,
    PAYMENT_ERROR,
    KEY_USED,
    { status: 409, errorId: 'PaymentAlreadyRefunded' },
    INVALID,
    { status: 422, errorId: 'UnprocessableRefundAmount' },
  ],
  adjustAuthorization: [
    OK,
    { status: 400, errorId: 'IncorrectPaymentAuthorizationType' },
    { status: 400, errorId: 'PaymentIsNotAuthorizedYet' },
    { status: 400, errorId: 'AdjustAuthorizationNonCardPayment' },
    { status: 400, errorId: 'AdjustAuthorizationNotSupported' },
    { status: 404, errorId: 'EntityNotFound' },
    KEY_USED,
    INVALID,
  ],
  resumePayment: [OK, { status: 202, errorId: 'NoActionsToHandle' }, PAYMENT_ERROR],
} as const satisfies Record<PrimerCallName, readonly DocumentedAnswer[]>;

/** What every call can answer: no or a wrong key, a key without the scope, and 90 seconds that were not enough. */
export const GENERAL_ANSWERS = [
  { status: 401 },
  { status: 403 },
  { status: 504 },
] as const satisfies readonly DocumentedAnswer[];

/** The error ids that the documents name. Others may come: the documents call additions no breaking change. */
export type DocumentedErrorId = Extract<
  (typeof DOCUMENTED_ANSWERS)[PrimerCallName][number],
  { errorId: string }
>['errorId'];

/** An error id that may be undocumented, with the documented ones offered by name. */
export type ErrorId = DocumentedErrorId | (string & Record<never, never>);

/**
 * What an error says about the call's effect.
 * - `none`: it was refused, nothing happened.
 * - `earlier`: it was done before, by a call with the same attempt or idempotency key.
 * - `open`: it may have been done before, or never; only reading tells.
 */
export type ErrorEffect = 'none' | 'earlier' | 'open';

/** Every documented error: what it says about the effect, and what to do about it. */
export const DOCUMENTED_ERRORS: Readonly<
  Record<DocumentedErrorId, { readonly effect: ErrorEffect; readonly advice: string }>
> = {
  BadRequest: { effect: 'none', advice: 'the body was not JSON: a fault of the sender' },
  RequestValidationError: { effect: 'none', advice: 'see validationErrors: a fault of the sender' },
  PaymentAttemptNotFound: { effect: 'none', advice: 'no such attempt, or the key of another tenant' },
  ClientSessionNotManual: { effect: 'none', advice: 'make the session with approvalMode MANUAL' },
  InvalidPaymentAttemptTransition: {
    effect: 'open',
    advice: 'superseded, or approved or aborted before: look for the payment before taking it for a failure',
  },
  PaymentAttemptExpired: { effect: 'open', advice: 'too late, unless an earlier call arrived in time' },
  IdempotencyKeyAlreadyExists: { effect: 'earlier', advice: 'done before: read the payment' },
  TransactionRequestIdempotencyKeyAlreadyExists: {
    effect: 'earlier',
    advice: 'the payment exists: paymentId and paymentStatus name it',
  },
  ClientSessionValidationError: { effect: 'none', advice: 'the client token is wrong or has expired' },
  MetadataContainsEmptyKey: { effect: 'none', advice: 'leave the empty key out' },
  PaymentError: { effect: 'none', advice: 'no such payment, a token that cannot be used, or a status that forbids it' },
  PaymentAlreadyAuthorized: { effect: 'earlier', advice: 'read the payment' },
  InvalidPaymentStatus: { effect: 'none', advice: 'its status does not allow this: read the payment' },
  MerchantAccountNotFound: { effect: 'none', advice: 'no processor account has this processorMerchantId' },
  MerchantAccountConflict: { effect: 'none', advice: 'several processor accounts fit: name the processor too' },
  PaymentNotFoundError: { effect: 'none', advice: 'no such payment, or the key of another tenant' },
  EntityNotFound: { effect: 'none', advice: 'no such payment, or the key of another tenant' },
  PaymentAlreadyRefunded: { effect: 'earlier', advice: 'all of it was refunded before' },
  UnprocessableRefundAmount: { effect: 'none', advice: 'more than can be refunded' },
  IncorrectPaymentAuthorizationType: { effect: 'none', advice: 'only an ESTIMATED authorisation can be adjusted' },
  PaymentIsNotAuthorizedYet: { effect: 'none', advice: 'only an authorised payment can be adjusted' },
  AdjustAuthorizationNonCardPayment: { effect: 'none', advice: 'only a card payment can be adjusted' },
  AdjustAuthorizationNotSupported: { effect: 'none', advice: 'the processor cannot do it' },
  NoActionsToHandle: { effect: 'open', advice: 'it goes on without us: read the payment later' },
};

/** The error id if the documents name it, for a `switch` that the compiler checks for completeness. */
export function toDocumentedErrorId(errorId: string | undefined): DocumentedErrorId | undefined {
  return errorId !== undefined && Object.hasOwn(DOCUMENTED_ERRORS, errorId)
    ? (errorId as DocumentedErrorId)
    : undefined;
}
