import { z } from 'zod';
import { attemptIdSchema } from '../attempts/attempt.schema.ts';
import { ATTEMPT_APPROVAL_STATUSES } from '../attempts/attempt.states.ts';
import { paymentMethodWish } from '../cards/payment-method.schema.ts';
import { amountSchema, currencySchema, referenceSchema } from '../sessions/client-session.schema.ts';

/** The documents give an attempt no lifetime; a one-time token has this one. */
const DEFAULT_TTL_SECONDS = 900;
const MAX_TTL_SECONDS = 24 * 60 * 60;
const MAX_WEBHOOK_DELAY_MS = 24 * 60 * 60 * 1_000;
const MAX_WEBHOOK_DUPLICATES = 20;
const MAX_PAYMENT_ID_LENGTH = 64;
const MAX_PAGE_SIZE = 1_000;
const DEFAULT_PAGE_SIZE = 100;

/**
 * Body of `POST /_sandbox/attempts`. A session is made from amount, currency and order, unless one is named by
 * `clientSessionId` or `clientToken`: then that session's own amount, currency and order count.
 */
export const startAttemptSchema = z
  .strictObject({
    clientSessionId: z.guid().toLowerCase().optional(),
    clientToken: z.string().min(1).max(255).optional(),
    amount: amountSchema.optional(),
    currencyCode: currencySchema.optional(),
    orderId: referenceSchema.optional(),
    customerId: referenceSchema.optional(),
    ...paymentMethodWish,
    cardholderName: referenceSchema.default('John Doe'),
    approvalMode: z.enum(['MANUAL', 'AUTO']).default('MANUAL'),
    ttlSeconds: z.int().min(0).max(MAX_TTL_SECONDS).default(DEFAULT_TTL_SECONDS),
    webhook: z
      .strictObject({
        delayMs: z.int().min(0).max(MAX_WEBHOOK_DELAY_MS).default(0),
        duplicates: z.int().min(0).max(MAX_WEBHOOK_DUPLICATES).default(0),
      })
      .default({ delayMs: 0, duplicates: 0 }),
  })
  .superRefine((wish, context) => {
    if (wish.clientSessionId !== undefined || wish.clientToken !== undefined) return;
    for (const field of ['amount', 'currencyCode', 'orderId'] as const) {
      if (wish[field] === undefined) {
        context.addIssue({ code: 'custom', path: [field], message: 'is required without a client session' });
      }
    }
  });
export type StartAttempt = z.output<typeof startAttemptSchema>;

/** The detail of the browser event `primer:payment-approval-required`, less its function. */
export const approvalRequiredSchema = z.object({
  clientSessionId: z.uuid(),
  paymentAttemptId: z.uuid(),
  timestamp: z.int().describe('Seconds since 1970'),
  paymentMethodToken: z.object({
    token: z.string(),
    analyticsId: z.string(),
    tokenType: z.literal('SINGLE_USE'),
    paymentInstrumentType: z.string(),
    paymentInstrumentData: z.union([
      z.object({ last4Digits: z.string(), network: z.string(), cardholderName: z.string() }),
      z.record(z.string(), z.unknown()),
    ]),
    vaultData: z.null(),
    threeDSecureAuthentication: z.null(),
  }),
});
export type ApprovalRequired = z.output<typeof approvalRequiredSchema>;

export const attemptViewSchema = z.object({
  paymentAttemptId: z.uuid(),
  clientSessionId: z.uuid(),
  approvalStatus: z.enum(ATTEMPT_APPROVAL_STATUSES),
  isCurrent: z.boolean(),
  expiresAt: z.string(),
  paymentId: z.string().optional(),
  calls: z.object({ approve: z.int(), abort: z.int() }),
});
export type AttemptView = z.output<typeof attemptViewSchema>;

const pageQuery = {
  attemptId: attemptIdSchema.optional(),
  paymentId: z.string().min(1).max(MAX_PAYMENT_ID_LENGTH).optional(),
  cursor: z.coerce.number().pipe(z.int().min(0)).default(0),
  limit: z.coerce.number().pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(DEFAULT_PAGE_SIZE),
};

/** Query of the control API's lists: entries after `cursor`, oldest first. */
export const pageQuerySchema = z.object(pageQuery);
export type PageQuery = z.output<typeof pageQuerySchema>;

const nextCursor = z.string().nullable();

export const journalPageSchema = z.object({
  data: z.array(
    z.object({
      sequence: z.int(),
      at: z.string(),
      kind: z.enum(['REQUEST', 'EFFECT', 'WEBHOOK']),
      name: z.string(),
      attemptId: z.string().nullable(),
      paymentId: z.string().nullable(),
      facts: z.record(z.string(), z.unknown()),
    }),
  ),
  nextCursor,
});
export type JournalPage = z.output<typeof journalPageSchema>;

export const webhookViewSchema = z.object({
  webhookId: z.int(),
  eventType: z.string(),
  attemptId: z.string().nullable(),
  paymentId: z.string().nullable(),
  state: z.enum(['PENDING', 'SENDING', 'DELIVERED', 'DROPPED']),
  dueAt: z.string(),
  deliveries: z.array(
    z.object({
      try: z.int(),
      at: z.string(),
      statusCode: z.int().nullable(),
      error: z.string().nullable(),
    }),
  ),
});
export type WebhookView = z.output<typeof webhookViewSchema>;

export const webhookPageSchema = z.object({ data: z.array(webhookViewSchema), nextCursor });
export type WebhookPage = z.output<typeof webhookPageSchema>;

export const webhookIdSchema = z.coerce.number().pipe(z.int().min(1));

export const statsSchema = z.object({
  attempts: z.object({
    REQUIRES_APPROVAL: z.int(),
    APPROVED: z.int(),
    ABORTED: z.int(),
    EXPIRED: z.int(),
  }),
  calls: z.object({ approve: z.int(), abort: z.int() }),
  payments: z.object({ total: z.int(), byStatus: z.record(z.string(), z.int()) }),
  webhooks: z.object({ PENDING: z.int(), SENDING: z.int(), DELIVERED: z.int(), DROPPED: z.int() }),
});
export type Stats = z.output<typeof statsSchema>;
