import { anyCurrency, nonNegativeAmountMinorText, paymentCommandKind } from '@tollgate/contracts';
import { z } from 'zod';

/** Webhook retries run for 31 minutes and may not be signed anew: a shorter tolerance would refuse honest ones. */
const WEBHOOK_TOLERANCE_MINUTES_MIN = 40;

/** More people than that are not found within an attempt's time. */
const VOTES_MAX = 5;

/** Up to where commands of one kind are carried out on the word of whoever sends them. */
const commandLimit = z.strictObject({
  amountMaxMinor: z
    .record(anyCurrency, nonNegativeAmountMinorText)
    .optional()
    .meta({ description: 'Largest amount, in minor units by currency. A currency that is not named is above it' }),
  perHourMax: z.int().nonnegative().optional().meta({ description: 'Commands of the kind within any hour' }),
});
export type CommandLimit = Readonly<z.output<typeof commandLimit>>;

/** Per-merchant settings: what is not set has the safe default. Unknown keys are kept out. */
export const merchantSettings = z
  .object({
    ordersMayPayTwice: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether two payments of one order may live at the same time' }),
    deadlineApproveMaxMinor: z
      .record(anyCurrency, nonNegativeAmountMinorText)
      .default({})
      .meta({
        description:
          'Largest amount, in minor units by currency, that is approved when nobody has decided by the deadline. ' +
          'A currency that is not named is aborted.',
      }),
    approvalQuorum: z
      .array(
        z.object({
          currency: anyCurrency,
          fromMinor: nonNegativeAmountMinorText,
          votes: z.int().min(1).max(VOTES_MAX),
        }),
      )
      .default([])
      .meta({
        description:
          'How many people have to approve, by amount: of the tiers whose currency and amount fit, the most votes. ' +
          'Without one that fits: one person.',
      }),
    cancelPaidAgainstAbort: z
      .boolean()
      .default(false)
      .meta({ description: 'Whether a payment found after an abort is cancelled at Primer' }),
    commandLimits: z
      .partialRecord(paymentCommandKind, commandLimit)
      .default({})
      .meta({
        description:
          'Limits by kind of payment command (create, capture, cancel, refund); what is above one waits for a second ' +
          'person. A kind that is not named has none.',
      }),
    webhookToleranceMinutes: z
      .int()
      .min(WEBHOOK_TOLERANCE_MINUTES_MIN)
      .optional()
      .meta({ description: "Age up to which a signed webhook is believed; the service's setting when absent" }),
  })
  .meta({ id: 'MerchantSettings' });

export type MerchantSettings = Readonly<z.output<typeof merchantSettings>>;
/** Settings as somebody writes them: defaults may be left out. */
export type MerchantSettingsInput = z.input<typeof merchantSettings>;
