import { z } from 'zod';
import { outsideId, outsideText } from '../ids.ts';
import { anyCurrency, nonNegativeAmountMinorText } from '../money.ts';
import type { EventDefinition } from './envelope.ts';
import { providerInstant } from './payment-status-reported.event.ts';

/** Stages of a dispute at Primer (API v2.4), in the order in which they follow each other; open on the reading side. */
export const DISPUTE_TYPES = ['RETRIEVAL', 'DISPUTE', 'PREARBITRATION'] as const;
export type DisputeType = (typeof DISPUTE_TYPES)[number];

/** What has become of a dispute's stage (API v2.4); open on the reading side. */
export const DISPUTE_STATUSES = ['OPEN', 'CHALLENGED', 'EXPIRED', 'ACCEPTED', 'CANCELLED', 'LOST', 'WON'] as const;
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number];

/** What one webhook says about a dispute, in our words; absent stays absent. */
export const paymentDispute = z
  .object({
    processor: outsideId.max(128).meta({ description: '`unknown` where the provider names none' }),
    processorDisputeId: outsideId.meta({ description: "The processor's id, the same through all stages of a dispute" }),
    paymentId: outsideId.optional(),
    transactionId: outsideId.optional(),
    orderId: outsideId.optional(),
    type: outsideText(64).optional().meta({ description: 'RETRIEVAL, DISPUTE, PREARBITRATION; open list' }),
    status: outsideText(64).optional().meta({ description: 'OPEN, CHALLENGED, WON, …; open list' }),
    amountMinor: nonNegativeAmountMinorText.optional(),
    currency: anyCurrency.optional(),
    receivedAt: providerInstant
      .optional()
      .meta({ description: "When Primer had it from the processor: the news' time" }),
    challengeRequiredBy: providerInstant.optional(),
    reason: outsideText(512).optional(),
    reasonCode: outsideText(64).optional(),
    processorReason: outsideText(512).optional(),
  })
  .meta({ id: 'PaymentDispute' });
export type PaymentDispute = z.infer<typeof paymentDispute>;

export const paymentDisputeReported = z
  .object({
    merchantId: outsideId,
    evidenceId: z.string().max(128).meta({ description: 'The stored delivery this comes from' }),
    reportedAs: z.string().max(64).meta({ description: 'The webhook type: DISPUTE.OPENED or DISPUTE.STATUS' }),
    receivedAt: z.iso.datetime({ offset: true }),
    dispute: paymentDispute,
  })
  .meta({ id: 'PaymentDisputeReported' });
export type PaymentDisputeReportedData = z.infer<typeof paymentDisputeReported>;

/**
 * A webhook told of a dispute. Its key is the payment's id, so that it lies beside the payment's other news; a dispute
 * that names no payment has its own id for a key. As everywhere nothing depends on the order of two events.
 */
export const PaymentDisputeReported: EventDefinition<PaymentDisputeReportedData> = {
  topic: 'payment-statuses',
  type: 'tollgate.payment.dispute-reported.v1',
  title: 'A dispute about a payment was opened or has changed',
  schema: paymentDisputeReported,
  keyOf: ({ dispute }) => dispute.paymentId ?? dispute.processorDisputeId,
};
