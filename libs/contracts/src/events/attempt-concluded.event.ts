import { z } from 'zod';
import { attemptClocks } from '../clocks.ts';
import { outsideId, paymentAttemptId } from '../ids.ts';
import { decidedOrder, decisionKind, reasonSlug } from './attempt-decided.event.ts';
import type { EventDefinition } from './envelope.ts';

/** What became of the attempt at Primer. APPROVED means "a payment was created", not "paid". */
export const outcomeKind = z.enum(['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED']);
export type OutcomeKind = z.infer<typeof outcomeKind>;

/** Whether money may have moved, or may yet move, because of this attempt. */
export const chargedKind = z.enum(['no', 'maybe', 'yes']);
export type ChargedKind = z.infer<typeof chargedKind>;

/** Coarse codes that are safe to show to a shopper: they tell nothing about rules or scores. */
export const SHOPPER_CODES = [
  'APPROVED',
  'NOT_ACCEPTED',
  'TIMED_OUT',
  'REPLACED',
  'ALREADY_PAID',
  'TECHNICAL',
] as const;
export const shopperCode = z.enum(SHOPPER_CODES);
export type ShopperCode = z.infer<typeof shopperCode>;

/** The decision that the gateway carried out. */
export const carriedDecision = z.object({
  decision: decisionKind,
  source: z.string().max(32),
  reason: reasonSlug,
  decidedAt: z.iso.datetime({ offset: true }),
});

const about = {
  merchantId: outsideId,
  paymentAttemptId,
  clientSessionId: outsideId,
  order: decidedOrder,
  clocks: attemptClocks,
  decision: carriedDecision,
};

export const attemptConcluded = z
  .object({
    ...about,
    outcome: outcomeKind,
    paymentId: outsideId.optional(),
    charged: chargedKind,
    retryable: z.boolean().meta({ description: 'Whether the shopper may try again with a new attempt' }),
    shopperCode,
    reason: reasonSlug,
    firstCalledAt: z.iso.datetime({ offset: true }).optional(),
    concludedAt: z.iso.datetime({ offset: true }),
  })
  .meta({ id: 'AttemptConcluded' });
export type AttemptConcludedData = z.infer<typeof attemptConcluded>;

/** The attempt has reached its outcome at Primer. There is at most one per attempt. */
export const AttemptConcluded: EventDefinition<AttemptConcludedData> = {
  topic: 'outcomes',
  type: 'tollgate.attempt.concluded.v1',
  title: 'An attempt reached its outcome at Primer',
  schema: attemptConcluded,
  keyOf: (data) => data.paymentAttemptId,
};

export const attemptOutcomeUnknown = z
  .object({ ...about, action: z.enum(['APPROVE', 'ABORT']), since: z.iso.datetime({ offset: true }) })
  .meta({ id: 'AttemptOutcomeUnknown' });
export type AttemptOutcomeUnknownData = z.infer<typeof attemptOutcomeUnknown>;

/** A call may have reached Primer and its answer is not known. It is repaired, never guessed; the outcome follows. */
export const AttemptOutcomeUnknown: EventDefinition<AttemptOutcomeUnknownData> = {
  topic: 'outcomes',
  type: 'tollgate.attempt.outcome-unknown.v1',
  title: 'A call to Primer may have arrived and its answer is not known yet',
  schema: attemptOutcomeUnknown,
  keyOf: (data) => data.paymentAttemptId,
};
