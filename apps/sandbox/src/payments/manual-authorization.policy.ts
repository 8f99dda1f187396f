import type { PaymentRefusal, Step } from './payment-refusal.types.ts';
import { authorisePayment } from './payment.policy.ts';
import type { Payment } from './payment.types.ts';
import { findAccounts } from './processor.policy.ts';
import { threeDSecureAtOnce } from './three-d-secure.policy.ts';

interface Occasion {
  readonly processorTransactionId: string;
  readonly eventId: string;
  readonly nowMicros: number;
}

/** Sends a waiting payment to a processor that the merchant names; the shopper's bank is then not asked. */
export function authorizeByHand(
  payment: Payment,
  wish: { readonly processorMerchantId: string; readonly name?: string | undefined },
  occasion: Occasion,
): Step {
  if (payment.status === 'AUTHORIZED') return refuse({ code: 'PaymentAlreadyAuthorized' });
  if (payment.status !== 'PENDING') {
    return refuse({ code: 'InvalidPaymentStatus', status: payment.status, operation: 'authorized' });
  }
  const [account, another] = findAccounts(wish);
  if (!account) return refuse({ code: 'MerchantAccountNotFound' });
  if (another) return refuse({ code: 'MerchantAccountConflict' });
  const course = { account, threeDSecure: threeDSecureAtOnce(payment) };
  return { payment: authorisePayment(payment, occasion, occasion.nowMicros, course) };
}

function refuse(refusal: PaymentRefusal): Step {
  return { refusal };
}
