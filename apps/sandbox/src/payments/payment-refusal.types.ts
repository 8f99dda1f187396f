import type { PaymentStatus } from './payment.states.ts';
import type { Payment } from './payment.types.ts';

/** What a merchant can ask of a payment, as Primer's texts say it of the payment. */
export type PaymentOperation = 'authorized' | 'captured' | 'cancelled' | 'refunded';

/** Why an operation on a payment is refused; `payment.errors.ts` has Primer's words for each. */
export type PaymentRefusal =
  | { readonly code: 'InvalidPaymentStatus'; readonly status: PaymentStatus; readonly operation: PaymentOperation }
  | { readonly code: 'PaymentAlreadyAuthorized' }
  | { readonly code: 'MerchantAccountNotFound' }
  | { readonly code: 'MerchantAccountConflict' }
  | { readonly code: 'UnprocessableCaptureAmount'; readonly amount: number; readonly limit: number }
  | { readonly code: 'CaptureUnderWay' }
  | { readonly code: 'RefusedByProcessor' }
  | { readonly code: 'PaymentAlreadyRefunded' }
  | { readonly code: 'UnprocessableRefundAmount'; readonly amount: number; readonly limit: number }
  | { readonly code: 'CaptureEventNotFound' }
  | { readonly code: 'PaymentIsNotAuthorizedYet' }
  | { readonly code: 'IncorrectPaymentAuthorizationType' }
  | { readonly code: 'AdjustAuthorizationNonCardPayment' }
  | { readonly code: 'AdjustAuthorizationNotSupported'; readonly processor: string }
  | { readonly code: 'InvalidResumeToken' }
  | { readonly code: 'NoActionsToHandle' };

/** The payment after an operation, or why there was none. */
export type Step = { readonly payment: Payment } | { readonly refusal: PaymentRefusal };
