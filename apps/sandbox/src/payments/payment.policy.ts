import type { CardOutcome } from '../cards/card.policy.ts';
import { isCard } from '../cards/payment-instrument.policy.ts';
import type { CardInstrument, PaymentInstrument } from '../cards/payment-instrument.types.ts';
import { MICROS_PER_MILLISECOND } from '../clock/micros.policy.ts';
import { PAYMENT_TRANSITIONS, type PaymentStatus } from './payment.states.ts';
import type { Payment, ProcessorAccount, Purchase, StatusReason, ThreeDSecure } from './payment.types.ts';
import { DEFAULT_ACCOUNT } from './processor.policy.ts';

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

const NOT_AUTHENTICATED: AuthorisationResult = {
  status: 'DECLINED',
  reason: {
    type: 'ISSUER_DECLINED',
    declineType: 'SOFT_DECLINE',
    code: 'AUTHENTICATION_REQUIRED',
    message: 'The shopper was not authenticated.',
    advisedAction: 'RETRY_LATER',
  },
};

const CARD_EXPIRED: AuthorisationResult = {
  status: 'DECLINED',
  reason: {
    type: 'ISSUER_DECLINED',
    declineType: 'HARD_DECLINE',
    code: 'EXPIRED_CARD',
    message: 'The card has expired.',
    advisedAction: 'UPDATE_DATA',
  },
};

/** Creates a payment in PENDING: the moment an approve took effect, or a merchant's own call. */
export function createPayment(input: {
  readonly ids: PaymentIds;
  readonly tenantId: string;
  readonly paymentAttemptId?: string | undefined;
  readonly purchase: Purchase;
  readonly instrument: PaymentInstrument;
  readonly isVaulted?: boolean;
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
    isVaulted: input.isVaulted ?? false,
    processor: DEFAULT_ACCOUNT,
    threeDSecure: { responseCode: 'NOT_PERFORMED' },
    amountAuthorized: 0,
    captureIsFinal: false,
    amountCaptured: 0,
    amountRefunded: 0,
    transactions: [],
  };
}

/**
 * Sends a pending payment to the processor: AUTHORIZED, DECLINED or FAILED, as its card says, and DECLINED when the
 * shopper's bank was asked and said no.
 */
export function authorisePayment(
  payment: Payment,
  ids: Pick<PaymentIds, 'processorTransactionId' | 'eventId'>,
  nowMicros: number,
  course: { readonly threeDSecure?: ThreeDSecure; readonly account?: ProcessorAccount } = {},
): Payment {
  const threeDSecure = course.threeDSecure ?? payment.threeDSecure;
  const result = authorisationResult(payment.instrument, threeDSecure, nowMicros);
  const isAuthorised = result.status === 'AUTHORIZED';
  return {
    ...movePayment(payment, result.status, nowMicros),
    processor: course.account ?? payment.processor,
    threeDSecure,
    requiredAction: undefined,
    amountAuthorized: isAuthorised ? payment.amount : 0,
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
        events: isAuthorised
          ? [{ id: ids.eventId, atMicros: nowMicros, type: 'AUTHORIZATION_SUCCEEDED', amount: payment.amount }]
          : [],
      },
    ],
  };
}

function authorisationResult(
  instrument: PaymentInstrument,
  threeDSecure: ThreeDSecure,
  nowMicros: number,
): AuthorisationResult {
  if (threeDSecure.responseCode === 'AUTH_FAILED') return NOT_AUTHENTICATED;
  if (isCard(instrument) && hasExpired(instrument, nowMicros)) return CARD_EXPIRED;
  return AUTHORISATION_RESULTS[instrument.outcome];
}

/** A card is good until the end of its month. */
function hasExpired(card: CardInstrument, nowMicros: number): boolean {
  const firstDayAfter = Date.UTC(Number(card.expirationYear), Number(card.expirationMonth), 1);
  return nowMicros >= firstDayAfter * MICROS_PER_MILLISECOND;
}

/** @throws Error when Primer's documents know no such move: a fault of the emulator, never an answer */
export function movePayment(payment: Payment, status: PaymentStatus, nowMicros: number): Payment {
  if (!PAYMENT_TRANSITIONS[payment.status].includes(status)) {
    throw new Error(`A payment cannot move from ${payment.status} to ${status}.`);
  }
  return { ...payment, status, updatedAtMicros: nowMicros };
}

/** Whether the card of this payment is now to be kept, for payments to come. */
export function isToBeVaulted(payment: Payment): boolean {
  const { vault } = payment;
  if (!vault || payment.isVaulted || payment.customerId === undefined) return false;
  return (
    vault.onAgreement ||
    (vault.onSuccess && payment.status === 'AUTHORIZED') ||
    (vault.on3DS && payment.threeDSecure.responseCode === 'AUTH_SUCCESS')
  );
}

/**
 * The payment once its card is kept. "If you successfully vault a single-use token on payment creation" the payment
 * counts as the first of its series.
 */
export function withVaultedInstrument(payment: Payment, instrument: PaymentInstrument): Payment {
  return { ...payment, instrument, isVaulted: true, paymentType: payment.paymentType ?? 'FIRST_PAYMENT' };
}
