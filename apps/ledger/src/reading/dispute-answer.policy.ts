import type { DisputeAnswer } from '@tollgate/contracts';
import { formatInstant } from '../books/instant.policy.ts';
import type { DisputeRow } from './payment-row.types.ts';

/** A dispute as answers show it. */
export function toDisputeAnswer(row: DisputeRow): DisputeAnswer {
  const { amount_minor: amountMinor, currency } = row;
  return {
    merchantId: row.merchant_id,
    processor: row.processor,
    processorDisputeId: row.dispute_id,
    paymentId: row.payment_id,
    transactionId: row.transaction_id,
    orderId: row.order_id,
    type: row.type,
    status: row.status,
    isOpen: row.is_open,
    amount: amountMinor === null || currency === null ? null : { amountMinor, currency },
    challengeRequiredBy: toInstant(row.challenge_required_by_us),
    reason: row.reason,
    reasonCode: row.reason_code,
    processorReason: row.processor_reason,
    receivedAt: toInstant(row.received_at_us),
    firstHeardAt: formatInstant(row.first_heard_at_us),
    isPaymentKnown: row.is_payment_known,
    isVerifiable: false,
  };
}

function toInstant(instantUs: bigint | null): string | null {
  return instantUs === null ? null : formatInstant(instantUs);
}
