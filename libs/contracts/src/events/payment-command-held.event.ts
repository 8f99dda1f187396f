import { z } from 'zod';
import { outsideId } from '../ids.ts';
import { anyCurrency, nonNegativeAmountMinorText } from '../money.ts';
import { personalHash } from './attempt-tokenised.event.ts';
import type { EventDefinition } from './envelope.ts';
import { commandedPayment, paymentCommandId, paymentCommandKind } from './payment-command.event.ts';

/** Which of a merchant's limits a command is above. Open on the reading side. */
export const HOLD_REASONS = ['amount-above-limit', 'currency-without-limit', 'rate-above-limit'] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Names exactly what waits: an approval of something else, or of other amounts, lets nothing through. */
export const holdDigest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, { error: 'a SHA-256 in lower-case hex expected' })
  .meta({ description: 'SHA-256 over what waits; a decision about it carries the same' });

/** What a command that waits for a second person is about. */
export const heldCommand = z
  .object({
    merchantId: outsideId,
    commandId: paymentCommandId,
    kind: paymentCommandKind,
    paymentId: outsideId.optional().meta({ description: 'Absent for a create: there is no payment yet' }),
    orderId: outsideId.optional(),
    amountMinor: nonNegativeAmountMinorText.meta({
      description: 'What Primer will be asked for, outright; of a cancel: what the payment holds',
    }),
    currency: anyCurrency.optional().meta({ description: 'Absent only where Primer shows none' }),
    final: z.boolean().optional().meta({ description: 'Of a capture: whether the rest is given up' }),
    requester: z.string().min(1).max(256).meta({ description: 'Who asked for it, and may not approve it' }),
    customer: z
      .object({
        id: outsideId.optional().meta({ description: "The shop's id of them" }),
        emailHash: personalHash.optional().meta({ description: 'Keyed hash of their e-mail address' }),
      })
      .optional()
      .meta({ description: 'Whose payment it is, as far as that is known; they may not approve it either' }),
    reason: z
      .string()
      .max(64)
      .meta({ description: HOLD_REASONS.join(', ') }),
    limit: z
      .object({
        amountMinorMax: nonNegativeAmountMinorText.optional(),
        perHourMax: z.int().optional(),
      })
      .meta({ description: 'The limit that it is above; empty for a currency that the merchant set no limit for' }),
    holdDigest,
    payment: commandedPayment.optional().meta({ description: 'The payment as Primer showed it' }),
    requestedAt: z.iso.datetime({ offset: true }),
    heldAt: z.iso.datetime({ offset: true }),
    decideBy: z.iso
      .datetime({ offset: true })
      .meta({ description: 'Undecided by then, the command ends REFUSED, approval-expired' }),
  })
  .meta({ id: 'PaymentCommandHeld' });
export type PaymentCommandHeldData = z.infer<typeof heldCommand>;

/**
 * A command is above its merchant's limits and waits for a second person. Nothing has been asked of Primer. It ends by a
 * `PaymentCommandConcluded` like every other: carried out once it is approved, else REFUSED.
 */
export const PaymentCommandHeld: EventDefinition<PaymentCommandHeldData> = {
  topic: 'payment-command-results',
  type: 'tollgate.payment-command.held.v1',
  title: 'A payment command waits for a second person',
  schema: heldCommand,
  keyOf: ({ commandId, paymentId }) => paymentId ?? commandId,
};
