import type { CardOutcome } from '../cards/card.policy.ts';
import type { PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { PAYMENT_TRANSITIONS, type PaymentStatus } from './payment.states.ts';
import type { Payment, Purchase, StatusReason } from './payment.types.ts';

/** Names that a new payment needs; made outside, so that the same inputs give the same payment. */
export interface PaymentIds {
  readonly paymentId: string;
  readonly processorTransactionId: string;
  readonly eventId: string;
}

interface AuthorisationResult {
  readonly status: PaymentStatus;
  readonly reason?: StatusReason;
}

/** What each kind of card does; the documents name a "generic decline" and a "generic fail" without their codes. */
const AUTHORISATION_RESULTS: Readonly<Record<CardOutcome, AuthorisationResult>> = {
  AUTHORISE: { status: 'AUTHORIZED' },
  DECLINE: {
    status: 'DECLINED',
    reason: {
      type: 'ISSUER_DECLINED',
      declineType: 'SOFT_DECLINE',
      code: 'DO_NOT_HONOR',
      message: 'The issuer declined the payment.',
      advisedAction: 'RETRY_LATER',
    },
  },
  FAIL: {
    status: 'FAILED',
    reason: { type: 'GATEWAY_REJECTED', message: 'The processor rejected the payment.' },
  },
};

/** Creates a payment in PENDING: the moment an approve took effect. */
export function createPayment(input: {
  readonly ids: PaymentIds;
  readonly tenantId: string;
  readonly paymentAttemptId?: string;
  readonly purchase: Purchase;
  readonly instrument: PaymentInstrument;
  readonly nowMicros: number;
}): Payment {
  return {
    ...input.purchase,
    id: input.ids.paymentId,
    tenantId: input.tenantId,
    paymentAttemptId: input.paymentAttemptId,
    status: 'PENDING',
    createdAtMicros: input.nowMicros,
    updatedAtMicros: input.nowMicros,
    instrument: input.instrument,
    amountCaptured: 0,
    amountRefunded: 0,
    transactions: [],
  };
}

/** Sends a pending payment to the processor: AUTHORIZED, DECLINED or FAILED, as its card says. */
export function authorisePayment(payment: Payment, ids: PaymentIds, nowMicros: number): Payment {
  const result = AUTHORISATION_RESULTS[payment.instrument.outcome];
  const moved = movePayment(payment, result.status, nowMicros);
  return {
    ...moved,
    statusReason: result.reason,
    transactions: [
      ...payment.transactions,
      {
        type: 'SALE',
        atMicros: nowMicros,
        amount: payment.amount,
        processorTransactionId: ids.processorTransactionId,
        status: result.status,
        statusReason: result.reason,
        events:
          result.status === 'AUTHORIZED'
            ? [{ id: ids.eventId, atMicros: nowMicros, type: 'AUTHORIZATION_SUCCEEDED', amount: payment.amount }]
            : [],
      },
    ],
  };
}

function movePayment(payment: Payment, status: PaymentStatus, nowMicros: number): Payment {
  if (!PAYMENT_TRANSITIONS[payment.status].includes(status)) {
    throw new Error(`A payment cannot move from ${payment.status} to ${status}.`);
  }
  return { ...payment, status, updatedAtMicros: nowMicros };
}
