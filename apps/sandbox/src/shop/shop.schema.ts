import { z } from 'zod';
import { attemptIdSchema } from '../attempts/attempt.schema.ts';
import { amountSchema, currencySchema } from '../sessions/client-session.schema.ts';
import { isChoice } from './shop-choices.policy.ts';

/** Body of `POST /shop/checkouts`: what the shopper picked. */
export const checkoutWishSchema = z.strictObject({
  amount: amountSchema.min(1),
  currencyCode: currencySchema,
  choice: z.string().refine(isChoice, { error: 'is no choice of this shop' }),
});
export type CheckoutWish = z.output<typeof checkoutWishSchema>;

/**
 * Body of `POST /shop/attempts`: the detail of `primer:payment-approval-required`, as a shop's page hands it to its back
 * end. It says nothing of the order; that is the back end's own word.
 */
export const approvalRequiredBodySchema = z.strictObject({
  clientSessionId: z.guid().toLowerCase(),
  paymentAttemptId: attemptIdSchema,
  paymentMethodToken: z.record(z.string(), z.unknown()),
  timestamp: z.number().nonnegative(),
});
export type ApprovalRequiredBody = z.output<typeof approvalRequiredBodySchema>;

const outcomeSchema = z.object({
  status: z.string(),
  paymentId: z.string().optional(),
  charged: z.string(),
  retryable: z.boolean(),
  shopperCode: z.string(),
});

/** Intake's answer to a posted attempt; 200 with an outcome, 202 without. Links stay here: one of them holds a token. */
export const intakePostedSchema = outcomeSchema.partial().extend({ status: z.string() });
export type IntakePosted = z.output<typeof intakePostedSchema>;

/** What the page shows of intake's `GET /v1/attempts/{id}`. */
export const intakeAttemptSchema = z.object({
  status: z.string(),
  outcome: outcomeSchema.optional(),
  timeline: z.array(
    z.object({
      at: z.string(),
      event: z.string(),
      decision: z.string().optional(),
      source: z.string().optional(),
      outcome: z.string().optional(),
    }),
  ),
});
export type IntakeAttempt = z.output<typeof intakeAttemptSchema>;

/** Problem details (RFC 9457), as far as a person reads them. */
export const problemSchema = z.object({ title: z.string(), detail: z.string().optional() });

/** Answer of `POST /_sandbox/shop-links`. */
export const shopLinkSchema = z.object({
  path: z.string().describe('Opens the shop at this server; anybody who has it may use the shop'),
  expiresAt: z.string(),
});
export type ShopLink = z.output<typeof shopLinkSchema>;
