import type { PrimerError } from '../api/primer.errors.ts';
import { metadataContainsEmptyKey } from '../sessions/client-session.errors.ts';
import {
  createKeyExists,
  missingPaymentFields,
  operationKeyExists,
  operationRefused,
  paymentNotCreated,
  paymentNotFound,
  paymentNotFoundToAdjust,
  paymentNotFoundToAuthorize,
} from './payment.errors.ts';

const KEY = '1234567898';
const SETTLED = { id: 'gg3r3tsa3', status: 'SETTLED' } as const;

/** Every refusal of `POST /payments`, for its documentation. */
export function documentedCreateRefusals(): PrimerError[] {
  return [
    paymentNotCreated('USED'),
    createKeyExists('IDEMPOTENCY_KEY', SETTLED),
    metadataContainsEmptyKey(),
    missingPaymentFields(['amount']),
  ];
}

/** … of `authorize`. */
export function documentedAuthorizeRefusals(): PrimerError[] {
  return [
    operationRefused({ code: 'PaymentAlreadyAuthorized' }),
    operationRefused({ code: 'InvalidPaymentStatus', status: 'SETTLED', operation: 'authorized' }),
    operationRefused({ code: 'MerchantAccountNotFound' }),
    operationRefused({ code: 'MerchantAccountConflict' }),
    paymentNotFoundToAuthorize(),
    operationKeyExists(KEY, SETTLED),
  ];
}

/** … of `capture`. */
export function documentedCaptureRefusals(): PrimerError[] {
  return [
    paymentNotFound(),
    operationRefused({ code: 'InvalidPaymentStatus', status: 'SETTLED', operation: 'captured' }),
    metadataContainsEmptyKey(),
    operationKeyExists(KEY, SETTLED),
  ];
}

/** … of `cancel`. */
export function documentedCancelRefusals(): PrimerError[] {
  return [
    paymentNotFound(),
    operationRefused({ code: 'InvalidPaymentStatus', status: 'SETTLED', operation: 'cancelled' }),
    operationKeyExists(KEY, SETTLED),
  ];
}

/** … of `refund`. */
export function documentedRefundRefusals(): PrimerError[] {
  return [
    paymentNotFound(),
    operationRefused({ code: 'InvalidPaymentStatus', status: 'AUTHORIZED', operation: 'refunded' }),
    operationKeyExists(KEY, SETTLED),
    operationRefused({ code: 'PaymentAlreadyRefunded' }),
    operationRefused({ code: 'UnprocessableRefundAmount', amount: 4_201, limit: 4_200 }),
  ];
}

/** … of `adjust-authorization`. */
export function documentedAdjustRefusals(): PrimerError[] {
  return [
    operationRefused({ code: 'IncorrectPaymentAuthorizationType' }),
    operationRefused({ code: 'PaymentIsNotAuthorizedYet' }),
    operationRefused({ code: 'AdjustAuthorizationNonCardPayment' }),
    operationRefused({ code: 'AdjustAuthorizationNotSupported', processor: 'X' }),
    paymentNotFoundToAdjust(),
    operationKeyExists(KEY, SETTLED),
  ];
}

/** … of `resume`, and its 202. */
export function documentedResumeRefusals(): PrimerError[] {
  return [operationRefused({ code: 'NoActionsToHandle' }), paymentNotFound()];
}
