import { z } from 'zod';
import { outsideId, outsideText } from '../ids.ts';
import { anyCurrency, knownCurrency, nonNegativeAmountMinorText } from '../money.ts';
import type { EventDefinition } from './envelope.ts';

/** What may be asked for at Primer about a payment that no attempt decides on. */
export const PAYMENT_COMMAND_KINDS = ['create', 'capture', 'cancel', 'refund'] as const;
export const paymentCommandKind = z.enum(PAYMENT_COMMAND_KINDS);
export type PaymentCommandKind = z.infer<typeof paymentCommandKind>;

/** The caller's id of a command. It becomes Primer's `X-Idempotency-Key`, hence what a header can carry. */
export const paymentCommandId = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: '1 … 255 visible ASCII characters expected' })
  .meta({ description: 'Unique for the merchant; the idempotency key at Primer', examples: ['capture-order-1001'] });

/** How Primer flags a payment of a series (API v2.4, `paymentMethod.paymentType`). */
export const RECURRING_TYPES = ['FIRST_PAYMENT', 'ECOMMERCE', 'SUBSCRIPTION', 'UNSCHEDULED'] as const;
export const recurringType = z.enum(RECURRING_TYPES);

/** Longest order id Primer takes when a payment is created or refunded (API v2.4). */
export const PROVIDER_ORDER_ID_LENGTH_MAX = 255;
export const providerOrderId = outsideId.max(PROVIDER_ORDER_ID_LENGTH_MAX);
/** A payment's id as it can stand in a path. */
export const commandedPaymentId = outsideId.refine((id) => id !== '.' && id !== '..', { error: 'not a payment id' });
/** Free text for the merchant's own records at Primer. */
export const commandText = outsideText(255);

const METADATA_ENTRIES_MAX = 64;
/** Values that Primer keeps with a payment: texts and whole numbers. */
export const paymentMetadata = z
  .record(z.string().min(1).max(256), z.union([outsideText(1024), z.int()]))
  .refine((entries) => Object.keys(entries).length <= METADATA_ENTRIES_MAX, {
    error: `at most ${METADATA_ENTRIES_MAX} entries`,
  });

/** Primer's amounts are int64 (API v2.4). */
const INT64_MAX = 9_223_372_036_854_775_807n;
const providerAmountMinorText = nonNegativeAmountMinorText.refine((text) => BigInt(text) <= INT64_MAX, {
  error: 'more than Primer can take',
  abort: true,
});
const positiveAmountMinorText = providerAmountMinorText.refine((text) => text !== '0', {
  error: 'must be more than zero',
});

/** What a create may set beside token, order and amount; Primer's own names and limits. */
export const createOptions = {
  customerId: outsideId.max(255).optional(),
  paymentType: recurringType.optional(),
  vaultOnSuccess: z.boolean().optional().meta({ description: 'Vault the method once the payment succeeds' }),
  descriptor: commandText.optional().meta({ description: 'As it shall appear on the bank statement' }),
  metadata: paymentMetadata.optional(),
};

/** Primer's condition (API v2.4): a vaulted method belongs to a customer. */
export const VAULT_NEEDS_CUSTOMER = { path: ['customerId'], error: 'needed to vault on success' };

/** @returns false for a create that would vault for nobody */
export function namesVaultOwner(create: {
  vaultOnSuccess?: boolean | undefined;
  customerId?: string | undefined;
}): boolean {
  return create.vaultOnSuccess !== true || create.customerId !== undefined;
}

// Strict, unlike other events: with a misspelt amount ignored, a command would be for all there is.
const createPayment = z
  .strictObject({
    kind: z.literal('create'),
    orderId: providerOrderId,
    amountMinor: providerAmountMinorText,
    currency: knownCurrency,
    sealedToken: z
      .string()
      .max(4096)
      .regex(/^v1\.[\w-]+$/, { error: 'a sealed token expected, never the token itself' })
      .meta({ description: 'The payment method token, sealed for the gateway' }),
    ...createOptions,
  })
  .refine(namesVaultOwner, VAULT_NEEDS_CUSTOMER);
const capturePayment = z.strictObject({
  kind: z.literal('capture'),
  paymentId: commandedPaymentId,
  amountMinor: positiveAmountMinorText
    .optional()
    .meta({ description: 'Absent: all that is left of the authorisation' }),
  final: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the rest is given up. Must be said for less than the rest; absent else: true' }),
});
const cancelPayment = z.strictObject({
  kind: z.literal('cancel'),
  paymentId: commandedPaymentId,
  reason: commandText.optional(),
});
const refundPayment = z.strictObject({
  kind: z.literal('refund'),
  paymentId: commandedPaymentId,
  amountMinor: positiveAmountMinorText
    .optional()
    .meta({ description: 'Absent: all that is captured and not refunded yet' }),
  orderId: providerOrderId.optional().meta({ description: "The refund's own order id; absent: the payment's" }),
  reason: commandText.optional(),
});

/** What is asked for, by kind. */
export const paymentCommand = z.discriminatedUnion('kind', [
  createPayment,
  capturePayment,
  cancelPayment,
  refundPayment,
]);
export type PaymentCommand = z.infer<typeof paymentCommand>;

export const paymentCommandRequested = z
  .object({
    merchantId: outsideId,
    commandId: paymentCommandId,
    requestedAt: z.iso.datetime({ offset: true }),
    requester: z
      .string()
      .min(1)
      .max(256)
      .optional()
      .meta({ description: "Who wants it, and may not approve it; absent: the merchant's own systems" }),
    command: paymentCommand,
  })
  .meta({ id: 'PaymentCommandRequested' });
export type PaymentCommandRequestedData = z.infer<typeof paymentCommandRequested>;

/** Somebody wants a payment created, captured, cancelled or refunded. The same command id is carried out once. */
export const PaymentCommandRequested: EventDefinition<PaymentCommandRequestedData> = {
  topic: 'payment-commands',
  type: 'tollgate.payment-command.requested.v1',
  title: 'A payment is to be created, captured, cancelled or refunded',
  schema: paymentCommandRequested,
  keyOf: ({ command, commandId }) => (command.kind === 'create' ? commandId : command.paymentId),
};

/** How a command ended: Primer shows its effect, or it has none and will have none. */
export const paymentCommandOutcome = z.enum(['DONE', 'REFUSED']);
export type PaymentCommandOutcome = z.infer<typeof paymentCommandOutcome>;

/** Why a command ended as it did. `as-requested` is the only one of DONE. Open on the reading side. */
export const COMMAND_REASONS = [
  'as-requested',
  'payment-not-found',
  'amount-exceeds-authorised',
  'amount-exceeds-captured',
  'nothing-to-capture',
  'nothing-to-refund',
  'final-not-said',
  'not-capturable',
  'not-cancellable',
  'command-id-known',
  'provider-refused',
  'provider-failed',
  'no-effect',
  'token-not-opened',
  'approval-rejected',
  'approval-cancelled',
  'approval-expired',
  'closed-by-operator',
  'order-already-paid',
] as const;
export type CommandReason = (typeof COMMAND_REASONS)[number];

/** The payment as Primer last showed it to the gateway. */
export const commandedPayment = z
  .object({
    paymentId: outsideId,
    status: z.string().max(64),
    orderId: outsideId.optional(),
    currency: anyCurrency.optional(),
    amountMinor: nonNegativeAmountMinorText.optional(),
    amountCapturedMinor: nonNegativeAmountMinorText.optional(),
    amountRefundedMinor: nonNegativeAmountMinorText.optional(),
    dateUpdated: z.string().max(64).optional(),
  })
  .meta({ id: 'CommandedPayment' });
export type CommandedPayment = z.infer<typeof commandedPayment>;

export const paymentCommandConcluded = z
  .object({
    merchantId: outsideId,
    commandId: paymentCommandId,
    kind: paymentCommandKind,
    outcome: paymentCommandOutcome,
    reason: z
      .string()
      .max(64)
      .meta({ description: COMMAND_REASONS.join(', ') }),
    paymentId: outsideId.optional(),
    orderId: outsideId.optional(),
    amountMinor: nonNegativeAmountMinorText.optional().meta({ description: 'What Primer was asked for, outright' }),
    currency: anyCurrency.optional(),
    final: z.boolean().optional().meta({ description: 'Of a capture: whether the rest was given up' }),
    providerErrorId: z.string().max(256).optional(),
    payment: commandedPayment.optional(),
    requestedAt: z.iso.datetime({ offset: true }),
    firstCalledAt: z.iso.datetime({ offset: true }).optional(),
    concludedAt: z.iso.datetime({ offset: true }),
  })
  .meta({ id: 'PaymentCommandConcluded' });
export type PaymentCommandConcludedData = z.infer<typeof paymentCommandConcluded>;

/**
 * What became of a command; there is one for each. DONE of a create means that a payment exists, not that it was
 * authorised: that is the payment's status. DONE of a refund means that Primer has taken it; its processor may still fail it
 * later, which the payment's transactions tell.
 */
export const PaymentCommandConcluded: EventDefinition<PaymentCommandConcludedData> = {
  topic: 'payment-command-results',
  type: 'tollgate.payment-command.concluded.v1',
  title: 'A payment command was carried out, or refused',
  schema: paymentCommandConcluded,
  keyOf: ({ kind, commandId, paymentId }) => (kind === 'create' ? commandId : (paymentId ?? commandId)),
};
