import type { PaymentRefusal, Step } from './payment-refusal.types.ts';
import type { Payment, Transaction, TransactionEvent } from './payment.types.ts';

/** What a merchant asks back for the shopper. */
export interface RefundWish {
  readonly amount?: number | undefined;
  readonly orderId?: string | undefined;
  readonly reason?: string | undefined;
  /** The one capture to give back, where there were several. */
  readonly transactionEventId?: string | undefined;
}

/** SETTLED at once, as Primer's example shows it, or PENDING until the processor has made up its mind. */
export type RefundCourse = 'SETTLED' | 'PENDING';

/**
 * Gives back what was captured, or part of it: a transaction of its own, and the payment keeps its status. Primer's page
 * speaks of settled payments; whatever was captured can be given back here, also while it is being settled.
 */
export function refundPayment(
  payment: Payment,
  wish: RefundWish,
  occasion: { readonly processorTransactionId: string; readonly nowMicros: number; readonly course: RefundCourse },
): Step {
  if (payment.amountCaptured === 0) {
    return refuse({ code: 'InvalidPaymentStatus', status: payment.status, operation: 'refunded' });
  }
  if (payment.amountRefunded === payment.amountCaptured) return refuse({ code: 'PaymentAlreadyRefunded' });
  const limit = refundLimit(payment, wish.transactionEventId);
  if (limit === undefined) return refuse({ code: 'CaptureEventNotFound' });
  const amount = wish.amount ?? limit;
  if (amount === 0 || amount > limit) return refuse({ code: 'UnprocessableRefundAmount', amount, limit });
  const refund: Transaction = {
    type: 'REFUND',
    atMicros: occasion.nowMicros,
    amount,
    processorTransactionId: occasion.processorTransactionId,
    status: occasion.course,
    orderId: wish.orderId,
    reason: wish.reason,
    captureEventId: wish.transactionEventId,
    events: [],
  };
  return {
    payment: {
      ...payment,
      updatedAtMicros: occasion.nowMicros,
      amountRefunded: payment.amountRefunded + amount,
      transactions: [...payment.transactions, refund],
    },
  };
}

/** Ends a refund that was under way; one that failed counts as not made. */
export function concludeRefund(
  payment: Payment,
  processorTransactionId: string,
  end: { readonly status: 'SETTLED' | 'FAILED'; readonly nowMicros: number },
): Payment {
  const refund = payment.transactions.find(
    (transaction) => transaction.processorTransactionId === processorTransactionId && transaction.status === 'PENDING',
  );
  if (!refund) throw new Error('No such refund is under way.');
  const concluded: Transaction = {
    ...refund,
    status: end.status,
    ...(end.status === 'FAILED' && {
      statusReason: { type: 'GATEWAY_REJECTED', message: 'The processor rejected the refund.' } as const,
    }),
  };
  return {
    ...payment,
    updatedAtMicros: end.nowMicros,
    amountRefunded: payment.amountRefunded - (end.status === 'FAILED' ? refund.amount : 0),
    transactions: payment.transactions.map((transaction) => (transaction === refund ? concluded : transaction)),
  };
}

/** What may still be given back, of one capture when it is named; nothing when there is no such capture. */
function refundLimit(payment: Payment, captureEventId: string | undefined): number | undefined {
  const left = payment.amountCaptured - payment.amountRefunded;
  if (captureEventId === undefined) return left;
  const capture = captures(payment).find(({ id }) => id === captureEventId);
  if (!capture) return undefined;
  const refunded = payment.transactions
    .filter((transaction) => transaction.captureEventId === captureEventId && transaction.status !== 'FAILED')
    .reduce((sum, transaction) => sum + transaction.amount, 0);
  return Math.min(left, capture.amount - refunded);
}

function captures(payment: Payment): TransactionEvent[] {
  return payment.transactions.flatMap(({ events }) => events.filter(({ type }) => type === 'CAPTURE_SUCCEEDED'));
}

function refuse(refusal: PaymentRefusal): Step {
  return { refusal };
}
