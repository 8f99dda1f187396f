import { z } from 'zod';
import { outsideId } from '../ids.ts';
import { anyCurrency, nonNegativeAmountMinorText } from '../money.ts';
import type { EventDefinition } from './envelope.ts';

/** Statuses of a payment at Primer (API v2.4); open on the reading side. */
export const PAYMENT_STATUSES = [
  'PENDING',
  'FAILED',
  'AUTHORIZED',
  'SETTLING',
  'PARTIALLY_SETTLED',
  'SETTLED',
  'DECLINED',
  'CANCELLED',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** A provider's instant: UTC, microseconds kept, no zone suffix needed. */
export const providerInstant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/);

/** A sale or a refund; a refund is a transaction of its own, with an id and a life of its own. */
export const paymentTransaction = z.object({
  id: z.string().max(256).optional(),
  date: providerInstant.optional().meta({ description: 'When it was made' }),
  orderId: outsideId.optional().meta({ description: "A refund's own reference, where it was given one" }),
  type: z.string().max(64).optional(),
  status: z.string().max(64).optional(),
  amountMinor: nonNegativeAmountMinorText.optional(),
  currency: anyCurrency.optional(),
  processorName: z.string().max(128).optional(),
});

export const paymentEvent = z.object({
  type: z.string().max(64),
  at: providerInstant.optional(),
  amountMinor: nonNegativeAmountMinorText.optional(),
  final: z.boolean().optional(),
});

/** The card as the provider confirms it: never more of its number than BIN and last four digits. */
export const paymentCard = z.object({
  bin: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  last4: z
    .string()
    .regex(/^\d{4}$/)
    .optional(),
  network: z.string().max(64).optional(),
  issuerCountry: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
});

/** What one delivery or one read says about a payment, in our words; absent stays absent. */
export const paymentSnapshot = z
  .object({
    paymentId: outsideId,
    status: z.string().max(64),
    orderId: outsideId.optional(),
    customerId: outsideId.optional(),
    currency: anyCurrency.optional(),
    amountMinor: nonNegativeAmountMinorText.optional(),
    amountAuthorizedMinor: nonNegativeAmountMinorText.optional().meta({ description: 'API v1 shape only' }),
    amountCapturedMinor: nonNegativeAmountMinorText.optional(),
    amountRefundedMinor: nonNegativeAmountMinorText.optional(),
    date: providerInstant.optional(),
    dateUpdated: providerInstant.optional(),
    processorName: z.string().max(128).optional(),
    analyticsId: outsideId.optional(),
    card: paymentCard.optional(),
    transactions: z.array(paymentTransaction).max(1000).default([]),
    events: z.array(paymentEvent).max(1000).optional(),
  })
  .meta({ id: 'PaymentSnapshot' });
export type PaymentSnapshot = z.infer<typeof paymentSnapshot>;

export const paymentStatusReported = z
  .object({
    merchantId: outsideId,
    paymentId: outsideId,
    evidenceId: z.string().max(128).meta({ description: 'The stored delivery or read this comes from' }),
    origin: z.enum(['webhook', 'read']),
    reportedAs: z.string().max(64).meta({ description: 'The webhook type, for example PAYMENT.STATUS, or READ' }),
    receivedAt: z.iso.datetime({ offset: true }),
    snapshot: paymentSnapshot,
  })
  .meta({ id: 'PaymentStatusReported' });
export type PaymentStatusReportedData = z.infer<typeof paymentStatusReported>;

/** A webhook delivered, or a read returned, a payment's state. */
export const PaymentStatusReported: EventDefinition<PaymentStatusReportedData> = {
  topic: 'payment-statuses',
  type: 'tollgate.payment.status-reported.v1',
  title: "A payment's state was delivered by webhook or read from Primer",
  schema: paymentStatusReported,
  keyOf: (data) => data.paymentId,
};
