import { isCard } from '../cards/payment-instrument.policy.ts';
import type { PaymentRefusal, Step } from './payment-refusal.types.ts';
import { movePayment } from './payment.policy.ts';
import type { Payment, Transaction, TransactionEvent } from './payment.types.ts';
import { canAdjustAuthorization } from './processor.policy.ts';

/** The moment of a change and the name of the event that it leaves. */
export interface Occasion {
  readonly eventId: string;
  readonly nowMicros: number;
}

/** Refusals of the processor, to which the try was sent; the others are Primer's own. */
const PROCESSOR_REFUSALS: ReadonlySet<PaymentRefusal['code']> = new Set([
  'UnprocessableCaptureAmount',
  'CaptureUnderWay',
  'RefusedByProcessor',
] as const);

/** Whether a try got as far as the processor before it was refused. */
export function isProcessorRefusal(refusal: PaymentRefusal): boolean {
  return PROCESSOR_REFUSALS.has(refusal.code);
}

/** What a merchant asks to be captured; fields of the order and the metadata take the place of earlier ones. */
export interface CaptureWish {
  readonly amount?: number | undefined;
  readonly final: boolean;
  readonly order?: object | undefined;
  readonly metadata?: object | undefined;
}

/**
 * Captures what was authorised, or part of it. The last capture (a final one, or one that leaves nothing) releases the
 * rest and leads to SETTLING; an earlier one to PARTIALLY_SETTLED. From then on `amount` is what was captured.
 */
export function capturePayment(payment: Payment, wish: CaptureWish, occasion: Occasion): Step {
  if (payment.status !== 'AUTHORIZED' && payment.status !== 'PARTIALLY_SETTLED') {
    return refuse({ code: 'InvalidPaymentStatus', status: payment.status, operation: 'captured' });
  }
  const left = payment.amountAuthorized - payment.amountCaptured;
  const amount = wish.amount ?? left;
  // An authorisation of nothing, which checks a card, can be captured too.
  if (amount > left || (amount === 0 && left > 0)) {
    return refuse({ code: 'UnprocessableCaptureAmount', amount, limit: left });
  }
  const isLast = wish.final || amount === left;
  const captured = payment.amountCaptured + amount;
  const moved = movePayment(payment, isLast ? 'SETTLING' : 'PARTIALLY_SETTLED', occasion.nowMicros);
  return {
    payment: {
      ...moved,
      amount: captured,
      amountCaptured: captured,
      captureIsFinal: isLast,
      order: wish.order ? { ...payment.order, ...wish.order } : payment.order,
      metadata: wish.metadata ? { ...payment.metadata, ...wish.metadata } : payment.metadata,
      transactions: changeSale(moved, {
        type: 'CAPTURE_SUCCEEDED',
        id: occasion.eventId,
        atMicros: occasion.nowMicros,
        amount,
        final: wish.final,
      }),
    },
  };
}

/** The captured money has arrived: SETTLED, the end of a payment but for refunds and disputes. */
export function settlePayment(payment: Payment, nowMicros: number): Payment {
  const moved = movePayment(payment, 'SETTLED', nowMicros);
  return { ...moved, transactions: changeSale(moved) };
}

/**
 * Releases what is authorised and not captured; what was captured stays. "Provided the payment has not reached SETTLED":
 * a capture that is being settled is with the processor, which cannot undo it.
 */
export function cancelPayment(payment: Payment, wish: { readonly reason?: string | undefined }, at: Occasion): Step {
  if (payment.status === 'SETTLING') return refuse({ code: 'CaptureUnderWay' });
  if (!['PENDING', 'AUTHORIZED', 'PARTIALLY_SETTLED'].includes(payment.status)) {
    return refuse({ code: 'InvalidPaymentStatus', status: payment.status, operation: 'cancelled' });
  }
  const moved = movePayment(payment, 'CANCELLED', at.nowMicros);
  const released: TransactionEvent = {
    type: 'CANCELLATION_SUCCEEDED',
    id: at.eventId,
    atMicros: at.nowMicros,
    amount: payment.amountAuthorized - payment.amountCaptured,
  };
  return { payment: { ...moved, requiredAction: undefined, transactions: changeSale(moved, released, wish.reason) } };
}

/** Changes what may be captured in all, before anything was: for payments that were authorised by estimate. */
export function adjustAuthorization(payment: Payment, amount: number, occasion: Occasion): Step {
  if (payment.status !== 'AUTHORIZED') return refuse({ code: 'PaymentIsNotAuthorizedYet' });
  if (!isCard(payment.instrument)) return refuse({ code: 'AdjustAuthorizationNonCardPayment' });
  if (payment.authorizationType !== 'ESTIMATED') return refuse({ code: 'IncorrectPaymentAuthorizationType' });
  if (!canAdjustAuthorization(payment.processor)) {
    return refuse({ code: 'AdjustAuthorizationNotSupported', processor: payment.processor.name });
  }
  return {
    payment: {
      ...payment,
      updatedAtMicros: occasion.nowMicros,
      amount,
      amountAuthorized: amount,
      transactions: changeSale(payment, {
        type: 'AUTHORIZATION_ADJUSTMENT_SUCCEEDED',
        id: occasion.eventId,
        atMicros: occasion.nowMicros,
        amount,
      }).map((transaction) => (transaction.type === 'SALE' ? { ...transaction, amount } : transaction)),
    },
  };
}

/** The sale goes the way of its payment; an event says what happened to it. */
function changeSale(moved: Payment, event?: TransactionEvent, reason?: string): readonly Transaction[] {
  return moved.transactions.map((transaction) =>
    transaction.type === 'SALE'
      ? {
          ...transaction,
          status: moved.status,
          reason: reason ?? transaction.reason,
          events: event ? [...transaction.events, event] : transaction.events,
        }
      : transaction,
  );
}

function refuse(refusal: PaymentRefusal): Step {
  return { refusal };
}
