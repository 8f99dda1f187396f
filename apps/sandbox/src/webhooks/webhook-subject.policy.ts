import { toPrimerDate } from '../clock/date.policy.ts';
import type { Dispute } from '../disputes/dispute.types.ts';
import type { Payment } from '../payments/payment.types.ts';

/** What a try of an operation was, that did not succeed. */
export interface FailedTry {
  /** Minor units that were asked for; absent for a cancel. */
  readonly requestAmount?: number | undefined;
  /** The id of the try: each has its own, and each is told. */
  readonly transactionEventId: string;
}

/** The fields of `PAYMENT.<operation>.FAILED`: little on purpose, "to retrieve the full context" the payment is read. */
export function toOperationFailedSubject(payment: Payment, failed: FailedTry): object {
  const { id, amount, currencyCode, orderId } = payment;
  return {
    payment: { id, amount, currencyCode, orderId },
    requestAmount: failed.requestAmount,
    transactionEvent: { id: failed.transactionEventId },
  };
}

/** The fields of `DISPUTE.OPENED`. */
export function toDisputeOpenedSubject(dispute: Dispute): object {
  return {
    processorId: dispute.processorName,
    processorDisputeId: dispute.id,
    paymentId: dispute.paymentId,
    transactionId: dispute.transactionId,
    orderId: dispute.orderId,
  };
}

/** The fields of `DISPUTE.STATUS`. Its dates are "ISO timestamps in UTC", with a zone, unlike all others. */
export function toDisputeStatusSubject(dispute: Dispute): object {
  const { challengeRequiredByMicros } = dispute;
  return {
    type: dispute.type,
    status: dispute.status,
    transactionId: dispute.transactionId,
    orderId: dispute.orderId,
    paymentId: dispute.paymentId,
    paymentMethod: {
      paymentMethodType: dispute.paymentMethodType ?? 'PAYMENT_CARD',
      paymentMethodData: { network: dispute.network },
    },
    processor: dispute.processorName,
    processorDisputeId: dispute.id,
    receivedAt: toZonedDate(dispute.receivedAtMicros),
    challengeRequiredBy: challengeRequiredByMicros === undefined ? undefined : toZonedDate(challengeRequiredByMicros),
    reason: dispute.reason,
    reasonCode: dispute.reasonCode,
    processorReason: dispute.processorReason,
    amount: dispute.amount,
    currency: dispute.currencyCode,
    merchantId: dispute.processorMerchantId,
  };
}

function toZonedDate(micros: number): string {
  return `${toPrimerDate(micros)}Z`;
}
