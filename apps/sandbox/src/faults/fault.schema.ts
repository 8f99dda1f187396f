import { z } from 'zod';
import { WEBHOOK_EVENT_TYPES } from '../webhooks/webhook.types.ts';

const MAX_TIMES = 1_000_000;
const MAX_RETRY_AFTER_SECONDS = 3_600;

/** Primer's server gives up on a call after this time: nothing lasts longer, on the worst day. */
export const SERVER_TIMEOUT_MS = 90_000;
const MAX_SLOW_MS = 60 * 60 * 1_000;
const MAX_DRIP_INTERVAL_MS = 60_000;
const MAX_REFUND_MS = 7 * 24 * 60 * 60 * 1_000;
const MAX_FAULTS_PER_REQUEST = 1_000;

const MAX_COPIES = 20;
const MAX_WEBHOOK_DELAY_MS = 24 * 60 * 60 * 1_000;
const DEFAULT_REORDER_HOLD_MS = 60_000;
const MAX_AGE_SECONDS = 30 * 24 * 60 * 60;
const DEFAULT_AGE_SECONDS = 60 * 60;

/** The first try and five retries. */
const WEBHOOK_TRIES_MAX = 6;
const MAX_LIST_LAG_MS = 60_000;

/** Whom a fault may strike. Without any of the three ids it may strike anybody. */
const target = {
  attemptId: z.guid().toLowerCase().optional(),
  paymentId: z.string().min(1).max(64).optional(),
  orderId: z.string().min(1).max(255).optional(),
};

/** How often it strikes. */
const frequency = {
  rate: z.number().gt(0).max(1).optional().describe('The share of what it may strike; all of it when absent'),
  seed: z.int().optional().describe('Makes the choice of a rate repeatable; the seed of the last reset when absent'),
  times: z
    .int()
    .min(1)
    .max(MAX_TIMES)
    .optional()
    .describe('After so many strikes it is over. Absent: once when it names an id and no rate, else without end'),
};

const call = {
  ...target,
  ...frequency,
  operations: z
    .array(z.string().regex(/^[a-z_]{1,64}$/))
    .min(1)
    .max(50)
    .optional()
    .describe('Operation ids of the calls it may strike; every call when absent'),
};

const afterEffect = z.boolean().default(false).describe('Whether the call takes effect before its answer goes wrong');

/** Faults of calls to Primer's API, by what becomes of the call. */
export const callFaultSchemas = [
  z.strictObject({ kind: z.literal('EXPIRE'), ...call }).describe('The attempt expires just before the call is seen'),
  z
    .strictObject({ kind: z.literal('NOT_CURRENT'), ...call })
    .describe("The attempt stops being its session's current one just before the call is seen"),
  z
    .strictObject({
      kind: z.literal('ANSWER'),
      ...call,
      status: z.int().min(400).max(599),
      errorId: z.string().min(1).max(64).optional(),
      retryAfterSeconds: z.int().min(0).max(MAX_RETRY_AFTER_SECONDS).optional(),
      afterEffect,
    })
    .describe('The call is answered with this error'),
  z
    .strictObject({
      kind: z.literal('HANG'),
      ...call,
      holdMs: z.int().min(0).max(SERVER_TIMEOUT_MS).default(SERVER_TIMEOUT_MS),
      afterEffect,
    })
    .describe('Nothing is answered for this long, then 504'),
  z.strictObject({ kind: z.literal('RESET'), ...call }).describe('The connection is reset, and nothing took effect'),
  z
    .strictObject({ kind: z.literal('LOST_ANSWER'), ...call })
    .describe('The call takes effect, and the connection is reset instead of an answer'),
  z
    .strictObject({
      kind: z.literal('SLOW'),
      ...call,
      delayMs: z.int().min(0).max(MAX_SLOW_MS),
    })
    .describe('The call takes effect, and its answer comes so much later, or 504 when that is too late'),
  z
    .strictObject({
      kind: z.literal('SLOW_DRIP'),
      ...call,
      intervalMs: z.int().min(1).max(MAX_DRIP_INTERVAL_MS).default(1_000),
    })
    .describe('The call takes effect, and its answer comes byte by byte, one in each interval, until it breaks off'),
  z
    .strictObject({
      kind: z.literal('MALFORMED_BODY'),
      ...call,
      form: z.enum(['TRUNCATED', 'NOT_JSON', 'EMPTY', 'OTHER_SHAPE']).default('TRUNCATED'),
    })
    .describe('The call takes effect, and the body of its answer cannot be understood'),
  z
    .strictObject({ kind: z.literal('PROCESSOR_REFUSES'), ...call })
    .describe('The processor refuses what a capture, cancel, refund or adjustment asks; a webhook tells of the try'),
  z
    .strictObject({
      kind: z.literal('REFUND_UNDER_WAY'),
      ...call,
      endsAfterMs: z.int().min(0).max(MAX_REFUND_MS).default(60_000),
      ends: z.enum(['SETTLED', 'FAILED']).default('FAILED'),
    })
    .describe('A refund is not made at once: it ends so much later, and like this'),
] as const;

const webhook = {
  ...target,
  ...frequency,
  eventTypes: z
    .array(z.enum(WEBHOOK_EVENT_TYPES))
    .min(1)
    .optional()
    .describe('Event types of the webhooks it may strike; all of them when absent'),
};

/** How many tries of a webhook go wrong: the first ones. */
const tries = z.int().min(1).max(WEBHOOK_TRIES_MAX);

/** Faults of webhooks, by what becomes of the webhook. Several may strike the same one. */
export const webhookFaultSchemas = [
  z
    .strictObject({
      kind: z.literal('WEBHOOK_DUPLICATE'),
      ...webhook,
      copies: z.int().min(1).max(MAX_COPIES).default(1),
      delayMs: z.int().min(0).max(MAX_WEBHOOK_DELAY_MS).default(0),
    })
    .describe('It is sent so many times more, the copies so much later'),
  z
    .strictObject({
      kind: z.literal('WEBHOOK_REORDER'),
      ...webhook,
      holdMs: z.int().min(0).max(MAX_WEBHOOK_DELAY_MS).default(DEFAULT_REORDER_HOLD_MS),
    })
    .describe('It is held back until the next webhook of the same payment was delivered, but no longer than this'),
  z
    .strictObject({ kind: z.literal('WEBHOOK_DELAY'), ...webhook, delayMs: z.int().min(1).max(MAX_WEBHOOK_DELAY_MS) })
    .describe('It is sent so much later'),
  z.strictObject({ kind: z.literal('WEBHOOK_DROP'), ...webhook }).describe('It is never sent'),
  z
    .strictObject({ kind: z.literal('WEBHOOK_BAD_SIGNATURE'), ...webhook, tries: tries.default(1) })
    .describe('Its first tries are signed with a secret that nobody has'),
  z
    .strictObject({
      kind: z.literal('WEBHOOK_STALE_SIGNED_AT'),
      ...webhook,
      ageSeconds: z.int().min(1).max(MAX_AGE_SECONDS).default(DEFAULT_AGE_SECONDS),
      tries: tries.default(WEBHOOK_TRIES_MAX),
    })
    .describe('Its first tries say that they were signed so long ago'),
  z
    .strictObject({ kind: z.literal('WEBHOOK_RETRY_UNCHANGED'), ...webhook })
    .describe('Its retries are sent byte for byte as the first try, instead of signed again'),
] as const;

/** The list of payments lags: a payment appears in it so long after it was made. */
const listLagSchema = z
  .strictObject({ kind: z.literal('LIST_LAG'), ...target, lagMs: z.int().min(1).max(MAX_LIST_LAG_MS) })
  .describe('Payments appear in the list so long after they were made');

/** One fault, as `POST /_sandbox/faults` takes it. */
export const faultSchema = z.discriminatedUnion('kind', [...callFaultSchemas, ...webhookFaultSchemas, listLagSchema]);
export type FaultDefinition = z.output<typeof faultSchema>;
export type CallFault = z.output<(typeof callFaultSchemas)[number]>;
export type WebhookFault = z.output<(typeof webhookFaultSchemas)[number]>;
export type ListLag = z.output<typeof listLagSchema>;

const faultsSchema = z.array(faultSchema).min(1).max(MAX_FAULTS_PER_REQUEST);

/** Body of `POST /_sandbox/faults`: a list, the same under `faults`, or a single fault. */
export const newFaultsSchema = z.preprocess((wish) => {
  if (Array.isArray(wish) || typeof wish !== 'object' || wish === null) return wish;
  return 'faults' in wish && Object.keys(wish).length === 1 ? wish.faults : [wish];
}, faultsSchema);
export type NewFaults = z.output<typeof newFaultsSchema>;
