import { event, type OutgoingEvent, PaymentCommandRequested } from '@tollgate/contracts';

/** A payment that should not be there. */
export interface UnwantedPayment {
  readonly merchantId: string;
  readonly attemptId: string;
  readonly paymentId: string;
}

/** One cancel for each attempt, whoever asks for it: by setting or by hand it is the same command. */
export function toCancelCommandId({ attemptId }: Pick<UnwantedPayment, 'attemptId'>): string {
  return `unwanted-payment-${attemptId}`;
}

/**
 * Asks for the cancel of an unwanted payment.
 * @param asking what asks, unique for each time that it is asked
 */
export function toCancelRequest(payment: UnwantedPayment, asking: string, now: Date): OutgoingEvent {
  const { merchantId, paymentId } = payment;
  return event({
    definition: PaymentCommandRequested,
    data: {
      merchantId,
      commandId: toCancelCommandId(payment),
      requestedAt: now.toISOString(),
      command: { kind: 'cancel', paymentId, reason: 'Paid against what was decided' },
    },
    subject: paymentId,
    cause: { source: '/tollgate/gateway/unwanted-payment', id: asking },
  });
}
