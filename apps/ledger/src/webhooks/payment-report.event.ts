import {
  event,
  PaymentDisputeReported,
  PaymentStatusReported,
  type OutgoingEvent,
  type PaymentDispute,
  type PaymentSnapshot,
} from '@tollgate/contracts';
import { currentTraceparent } from '@tollgate/platform';
import type { Delivery } from './delivery.types.ts';

/** The event that tells a delivered or read snapshot to everybody, this service's own poster among them. */
export function toReport(delivery: Delivery, snapshot: PaymentSnapshot): OutgoingEvent {
  const { deliveryId, merchantId, origin, reportedAs = 'READ', receivedAt } = delivery;
  const { paymentId } = snapshot;
  const traceparent = currentTraceparent();
  return event({
    definition: PaymentStatusReported,
    data: {
      merchantId,
      paymentId,
      evidenceId: deliveryId,
      origin,
      reportedAs,
      receivedAt: receivedAt.toISOString(),
      snapshot,
    },
    subject: paymentId,
    cause: { source: `primer-${origin}`, id: deliveryId },
    ...(traceparent === undefined ? {} : { traceparent }),
  });
}

/** The event that tells what a webhook said about a dispute. */
export function toDisputeReport(delivery: Delivery, dispute: PaymentDispute): OutgoingEvent {
  const { deliveryId, merchantId, origin, reportedAs = '', receivedAt } = delivery;
  const traceparent = currentTraceparent();
  return event({
    definition: PaymentDisputeReported,
    data: { merchantId, evidenceId: deliveryId, reportedAs, receivedAt: receivedAt.toISOString(), dispute },
    subject: dispute.paymentId ?? dispute.processorDisputeId,
    cause: { source: `primer-${origin}`, id: deliveryId },
    ...(traceparent === undefined ? {} : { traceparent }),
  });
}
