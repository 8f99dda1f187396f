import { isCard } from '../cards/payment-instrument.policy.ts';
import { MICROS_PER_SECOND } from '../clock/micros.policy.ts';
import type { Payment } from '../payments/payment.types.ts';
import { DISPUTE_TRANSITIONS, type DisputeStatus, type DisputeType } from './dispute.states.ts';
import type { Dispute } from './dispute.types.ts';

/** Processors give about two weeks; the documents name no number. */
const CHALLENGE_WINDOW_MICROS = 14 * 24 * 60 * 60 * MICROS_PER_SECOND;

/** What is disputed, and why. */
export interface Objection {
  readonly type: DisputeType;
  /** Minor units; what was captured when absent. */
  readonly amount?: number | undefined;
  readonly reason: string;
  readonly reasonCode: string;
  readonly processorReason: string;
}

/** Opens a dispute about a payment, or says nothing when no money has moved that could be disputed. */
export function openDispute(
  payment: Payment,
  objection: Objection,
  made: { readonly id: string; readonly nowMicros: number },
): Dispute | undefined {
  if (payment.amountCaptured === 0) return undefined;
  return {
    id: made.id,
    tenantId: payment.tenantId,
    paymentId: payment.id,
    attemptId: payment.paymentAttemptId,
    orderId: payment.orderId,
    transactionId: payment.transactions.find(({ type }) => type === 'SALE')?.processorTransactionId ?? payment.id,
    processorName: payment.processor.name,
    processorMerchantId: payment.processor.processorMerchantId,
    paymentMethodType: payment.instrument.methodType ?? 'PAYMENT_CARD',
    network: isCard(payment.instrument) ? payment.instrument.network : undefined,
    type: objection.type,
    status: 'OPEN',
    amount: objection.amount ?? payment.amountCaptured,
    currencyCode: payment.currencyCode,
    reason: objection.reason,
    reasonCode: objection.reasonCode,
    processorReason: objection.processorReason,
    receivedAtMicros: made.nowMicros,
    challengeRequiredByMicros: made.nowMicros + CHALLENGE_WINDOW_MICROS,
  };
}

/**
 * Moves a dispute to another status, or into another stage, which opens anew once the last one has ended. Nothing when
 * that is no legal move.
 */
export function moveDispute(
  dispute: Dispute,
  to: { readonly type?: DisputeType | undefined; readonly status: DisputeStatus },
  nowMicros: number,
): Dispute | undefined {
  const isNextStage = to.type !== undefined && to.type !== dispute.type;
  const isLegal = isNextStage
    ? to.status === 'OPEN' && isEnded(dispute)
    : DISPUTE_TRANSITIONS[dispute.status].includes(to.status);
  if (!isLegal) return undefined;
  return {
    ...dispute,
    type: to.type ?? dispute.type,
    status: to.status,
    receivedAtMicros: nowMicros,
    challengeRequiredByMicros: to.status === 'OPEN' ? nowMicros + CHALLENGE_WINDOW_MICROS : undefined,
  };
}

function isEnded(dispute: Dispute): boolean {
  return DISPUTE_TRANSITIONS[dispute.status].length === 0;
}
