import { z } from 'zod';
import {
  commandedPayment,
  commandText,
  createOptions,
  namesVaultOwner,
  paymentCommandId,
  paymentCommandKind,
  paymentCommandOutcome,
  providerOrderId,
  VAULT_NEEDS_CUSTOMER,
} from '../events/payment-command.event.ts';
import { outsideId } from '../ids.ts';
import { knownCurrency, moneyAnswer, requestAmount } from '../money.ts';
import { HOLD_REASONS } from '../events/payment-command-held.event.ts';
import { operatorNote } from './incidents.ts';

const instant = z.iso.datetime({ offset: true });
// Bodies are strict: with a misspelt amount ignored, a command would be for all there is.
const positiveAmount = requestAmount.positive({ error: 'must be more than zero' });

/** Body of `POST /v1/payments`. */
export const createPaymentBody = z
  .strictObject({
    paymentMethodToken: z
      .string()
      .regex(/^[\x21-\x7e]{1,1024}$/, { error: '1 … 1024 visible ASCII characters expected' })
      .meta({ description: 'One-time or vaulted; sealed at once, never shown again' }),
    orderId: providerOrderId,
    amount: requestAmount,
    currencyCode: knownCurrency,
    ...createOptions,
  })
  .refine(namesVaultOwner, VAULT_NEEDS_CUSTOMER)
  .meta({ id: 'CreatePayment' });
export type CreatePaymentBody = z.output<typeof createPaymentBody>;

/** Body of `POST /v1/payments/{id}/capture`; may be left out. */
export const capturePaymentBody = z
  .strictObject({
    amount: positiveAmount.optional().meta({ description: 'Minor units; absent: all that is left' }),
    final: z
      .boolean()
      .optional()
      .meta({ description: 'Whether the rest is given up. Must be said for less than the rest; absent else: true' }),
  })
  .nullish()
  .transform((body) => body ?? {})
  .meta({ id: 'CapturePayment' });
export type CapturePaymentBody = z.output<typeof capturePaymentBody>;

/** Body of `POST /v1/payments/{id}/cancel`; may be left out. */
export const cancelPaymentBody = z
  .strictObject({ reason: commandText.optional() })
  .nullish()
  .transform((body) => body ?? {})
  .meta({ id: 'CancelPayment' });
export type CancelPaymentBody = z.output<typeof cancelPaymentBody>;

/** Body of `POST /v1/payments/{id}/refund`; may be left out. */
export const refundPaymentBody = z
  .strictObject({
    amount: positiveAmount
      .optional()
      .meta({ description: 'Minor units; absent: all that is captured and not refunded' }),
    orderId: providerOrderId.optional().meta({ description: "The refund's own order id" }),
    reason: commandText.optional(),
  })
  .nullish()
  .transform((body) => body ?? {})
  .meta({ id: 'RefundPayment' });
export type RefundPaymentBody = z.output<typeof refundPaymentBody>;

/** Where a command stands: waiting for its turn or for a second person, calling, not known, and the two ends. */
export const paymentCommandStatus = z
  .enum(['AWAITING', 'HELD', 'CALLING', 'UNKNOWN', ...paymentCommandOutcome.options])
  .meta({
    description:
      "HELD: above the merchant's limits, it waits for a second person's approval. UNKNOWN: Primer may have carried it " +
      'out; it is found out by reading, and DONE or REFUSED follows',
  });
export type PaymentCommandStatus = z.infer<typeof paymentCommandStatus>;

const links = z
  .object({
    self: z.string(),
    approval: z
      .string()
      .optional()
      .meta({ description: 'Of what is, or was, held: where the approvals service lists its approval' }),
  })
  .meta({ id: 'PaymentCommandLinks' });

/** 202: taken in, durable, carried out next. */
export const acceptedCommandAnswer = z
  .object({ commandId: paymentCommandId, status: paymentCommandStatus, links })
  .meta({ id: 'AcceptedPaymentCommand' });
export type AcceptedCommandAnswer = z.infer<typeof acceptedCommandAnswer>;

/** A command with all that is known of it: `GET /v1/payment-commands/{commandId}`, and 200 of an awaited one. */
export const paymentCommandAnswer = z
  .object({
    merchantId: outsideId,
    commandId: paymentCommandId,
    command: paymentCommandKind,
    status: paymentCommandStatus,
    reason: z.string().nullable().meta({ description: 'Why it ended so; null until it has' }),
    providerErrorId: z.string().nullable(),
    paymentId: outsideId.nullable(),
    orderId: outsideId.nullable(),
    amount: moneyAnswer.nullable().meta({ description: 'What Primer was asked for; null until that is settled' }),
    final: z.boolean().nullable(),
    payment: commandedPayment.nullable().meta({ description: 'The payment as Primer last showed it' }),
    hold: z
      .object({
        reason: z.string().meta({ description: HOLD_REASONS.join(', ') }),
        heldAt: instant,
        decideBy: instant.meta({ description: 'Undecided by then, it ends REFUSED, approval-expired' }),
        verdict: z.string().nullable().meta({ description: 'approved, rejected, cancelled, expired; null: none yet' }),
        approvalId: z.string().nullable(),
      })
      .nullable()
      .meta({ description: "Null for what was within the merchant's limits" }),
    requestedAt: instant,
    firstCalledAt: instant.nullable(),
    concludedAt: instant.nullable(),
    links,
  })
  .meta({ id: 'PaymentCommand' });
export type PaymentCommandAnswer = z.infer<typeof paymentCommandAnswer>;

/** An operator may look at any merchant's command and then names the merchant. */
export const paymentCommandQuery = z.object({ merchantId: outsideId.optional() });

/** `POST /v1/payment-commands/{commandId}/conclude`: what a person has found out about a command that stays open. */
export const concludeCommandBody = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z
      .literal('done')
      .meta({ description: 'Only where Primer shows a payment on which it may have been done' }),
    paymentId: outsideId.optional().meta({ description: 'Of a create, and needed there: the payment it has made' }),
    ...operatorNote,
  }),
  z.strictObject({
    outcome: z.literal('no-effect').meta({ description: 'It was not carried out and never will be' }),
    ...operatorNote,
  }),
]);
export type ConcludeCommandBody = z.output<typeof concludeCommandBody>;

export const paymentCommandExample: PaymentCommandAnswer = {
  merchantId: 'demo-shop',
  commandId: 'capture-order-1001',
  command: 'capture',
  status: 'DONE',
  reason: 'as-requested',
  providerErrorId: null,
  paymentId: 'IHQlakKC',
  orderId: 'order-1001',
  amount: { amountMinor: '4200', currency: 'EUR' },
  final: true,
  payment: {
    paymentId: 'IHQlakKC',
    status: 'SETTLING',
    orderId: 'order-1001',
    currency: 'EUR',
    amountMinor: '4200',
    amountCapturedMinor: '4200',
    amountRefundedMinor: '0',
    dateUpdated: '2026-11-21T09:30:00.210000Z',
  },
  hold: null,
  requestedAt: '2026-11-21T09:30:00.010Z',
  firstCalledAt: '2026-11-21T09:30:00.090Z',
  concludedAt: '2026-11-21T09:30:00.220Z',
  links: { self: '/v1/payment-commands/capture-order-1001' },
};

export const acceptedCommandExample: AcceptedCommandAnswer = {
  commandId: 'capture-order-1001',
  status: 'AWAITING',
  links: { self: '/v1/payment-commands/capture-order-1001' },
};
