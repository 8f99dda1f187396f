import { z } from 'zod';
import { chargedKind, outcomeKind, shopperCode } from '../events/attempt-concluded.event.ts';
import { decisionKind, reasonSlug } from '../events/attempt-decided.event.ts';
import { outsideId, outsideText, paymentAttemptId } from '../ids.ts';
import { knownCurrency, moneyAnswer, requestAmount } from '../money.ts';
import { listOf } from './operations.ts';

const instant = z.iso.datetime({ offset: true });

/** Longest a request may ask to wait for the outcome (`Prefer: wait=N`). Seconds. */
export const WAIT_SECONDS_MAX = 60;

/** The SDK's own objects: any shape, read by an allow-list, everything else is dropped unread. */
const browserObject = z.record(z.string(), z.unknown()).nullish();

const countryCode = z.string().regex(/^[A-Z]{2}$/, { error: 'ISO 3166-1 alpha-2 expected' });
const address = z.object({ countryCode: countryCode.nullish() }).nullish();

/** Most entries of an order's metadata. */
const METADATA_ENTRIES_MAX = 64;
const metadata = z
  .record(z.string().max(256), z.union([outsideText(1024), z.int()]))
  .refine((entries) => Object.keys(entries).length <= METADATA_ENTRIES_MAX, {
    error: `at most ${METADATA_ENTRIES_MAX} entries`,
  })
  .nullish();

const paymentMethodToken = z.object({
  token: z.string().min(1, { error: 'must not be empty' }).max(1024, { error: 'at most 1024 characters' }),
  tokenType: outsideText(64).meta({ examples: ['SINGLE_USE'] }),
  paymentInstrumentType: outsideText(64).meta({ examples: ['PAYMENT_CARD'] }),
  analyticsId: outsideId.nullish().meta({ description: "Primer's stable id of the instrument" }),
  paymentInstrumentData: browserObject,
  vaultData: z.object({ customerId: outsideId.nullish() }).nullish(),
  threeDSecureAuthentication: browserObject,
});

const order = z.object({
  orderId: outsideId,
  amount: requestAmount,
  currencyCode: knownCurrency,
  customerId: outsideId.nullish(),
  emailAddress: outsideText(320).nullish().meta({ description: 'Kept and passed on as a keyed hash only' }),
  billingAddress: address,
  shippingAddress: address,
  metadata,
});

const shopper = z.object({
  ipAddress: z.string().max(64).nullish().meta({ description: 'Kept and passed on as a keyed hash only' }),
  deviceId: outsideId
    .nullish()
    .meta({ description: "The shop's own id of the browser or device; kept and passed on as a keyed hash only" }),
  userAgent: outsideText(1024).nullish(),
  platform: outsideText(64).nullish(),
});

/** Body of `POST /v1/attempts`: the SDK's event detail plus what the shop's server knows. */
export const postAttemptBody = z
  .object({
    clientSessionId: outsideId,
    paymentAttemptId,
    timestamp: z
      .number()
      .nonnegative()
      .meta({ description: "The browser's Unix seconds: a risk feature, never a clock" }),
    paymentMethodToken,
    order: order.meta({ description: "The shop server's word, never the browser's" }),
    shopper: shopper.nullish(),
    decideWithinSeconds: z
      .int()
      .positive()
      .nullish()
      .meta({ description: 'A shorter time to decide than the usual; a longer one changes nothing' }),
    binData: browserObject.meta({ description: "Detail of the SDK's event `primer:bin-data-available`" }),
  })
  .meta({ id: 'PostAttempt' });
export type PostAttemptBody = z.output<typeof postAttemptBody>;

export const attemptStatus = z
  .enum(['RECEIVED', 'IN_REVIEW', 'DECIDED', 'UNKNOWN', ...outcomeKind.options])
  .meta({ description: 'The last four are outcomes: set only once Primer has answered' });
export type AttemptStatus = z.infer<typeof attemptStatus>;

const links = z
  .object({
    self: z.string(),
    events: z.string().meta({ description: 'Server-sent events, with the intake key' }),
    browserEvents: z
      .string()
      .meta({ description: 'The same with a short-lived read token: the only link that may go to a browser' }),
    abort: z.string(),
  })
  .meta({ id: 'AttemptLinks' });

const outcomeFields = {
  status: outcomeKind.meta({ description: 'APPROVED means that a payment was created, not that it is paid' }),
  paymentId: z.string().optional(),
  charged: chargedKind.meta({
    description: 'yes: Primer made a payment, which its processor may still have declined; no: none was, nor will be',
  }),
  retryable: z.boolean().meta({ description: 'Whether the shopper may try again with a new attempt' }),
  shopperCode,
};

/** What became of an attempt. */
export const attemptOutcome = z.object(outcomeFields).meta({ id: 'AttemptOutcome' });
export type AttemptOutcome = z.infer<typeof attemptOutcome>;

/** 200 of `POST /v1/attempts`: the outcome is known. */
export const concludedAttemptAnswer = z
  .object({ paymentAttemptId, ...outcomeFields, links })
  .meta({ id: 'ConcludedAttempt' });
export type ConcludedAttemptAnswer = z.infer<typeof concludedAttemptAnswer>;

const clocks = { decideBy: instant, approveBy: instant, expiresAt: instant };

/** 202 of `POST /v1/attempts`: taken in, the outcome is not known yet. */
export const acceptedAttemptAnswer = z
  .object({ paymentAttemptId, status: attemptStatus, ...clocks, links })
  .meta({ id: 'AcceptedAttempt' });
export type AcceptedAttemptAnswer = z.infer<typeof acceptedAttemptAnswer>;

/** What happened to an attempt, oldest first. */
export const timelineEntry = z
  .object({
    at: instant,
    event: z.enum(['RECEIVED', 'SEEN_AGAIN', 'REVIEW_REQUESTED', 'DECIDED', 'OUTCOME_UNKNOWN', 'CONCLUDED']),
    decision: decisionKind.optional(),
    source: z.string().optional().meta({ description: 'Who decided, or how the attempt reached us' }),
    reason: reasonSlug.optional().meta({ description: 'Of rules and reviewers: shown to operators only' }),
    outcome: outcomeKind.optional(),
    supersededBy: paymentAttemptId.optional(),
  })
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** Answer of `GET /v1/attempts/{id}`. */
export const attemptAnswer = z
  .object({
    paymentAttemptId,
    merchantId: z.string(),
    status: attemptStatus,
    receivedAt: instant,
    ...clocks,
    order: z.object({ orderId: z.string(), amount: moneyAnswer }),
    sightings: z.int().meta({ description: 'How often the same attempt was announced again' }),
    outcome: attemptOutcome.optional(),
    timeline: z.array(timelineEntry),
    links,
  })
  .meta({ id: 'Attempt' });
export type AttemptAnswer = z.infer<typeof attemptAnswer>;

/** An operator may say whose attempt is meant, should two merchants name the same id. */
export const readAttemptQuery = z.object({ merchantId: outsideId.optional() });

/** An attempt as lists show it. */
export const attemptSummary = z
  .object({
    paymentAttemptId,
    merchantId: z.string(),
    status: attemptStatus,
    receivedAt: instant,
    order: z.object({ orderId: z.string(), amount: moneyAnswer }),
    customerId: z.string().nullable().meta({ description: 'As the shop names its customer' }),
  })
  .meta({ id: 'AttemptSummary' });
export type AttemptSummary = z.infer<typeof attemptSummary>;

export const attemptListAnswer = listOf(attemptSummary).meta({ id: 'AttemptList' });
export type AttemptListAnswer = z.infer<typeof attemptListAnswer>;

/** Query of `GET /v1/attempts`: all of an order, all of a customer, or all there are; the newest first. */
export const listAttemptsQuery = z
  .object({
    merchantId: outsideId.optional().meta({ description: 'Only of this merchant' }),
    orderId: outsideId.optional(),
    customerId: outsideId.optional(),
    cursor: z
      .string()
      .regex(/^[1-9]\d{0,17}$/, { error: 'not a cursor of this list' })
      .optional()
      .meta({ description: '`nextCursor` of the page before' }),
    limit: z.coerce.number().int().min(1).max(100).default(50),
  })
  .refine(({ orderId, customerId }) => orderId === undefined || customerId === undefined, {
    error: 'either an order or a customer',
    path: ['customerId'],
  });
export type ListAttemptsQuery = z.output<typeof listAttemptsQuery>;

/** Why a shop aborts an attempt of its own. */
export const MERCHANT_ABORT_REASONS = [
  'customer-left',
  'out-of-stock',
  'order-changed',
  'fraud-suspected',
  'merchant-request',
] as const;

/** Body of `POST /v1/attempts/{id}/abort`. */
export const abortAttemptBody = z.object({ reason: z.enum(MERCHANT_ABORT_REASONS) }).meta({ id: 'AbortAttempt' });
export type AbortAttemptBody = z.output<typeof abortAttemptBody>;

/** Answer to an abort: 202 while Primer has not answered, 200 when the attempt is aborted already. */
export const abortAttemptAnswer = z
  .object({
    paymentAttemptId,
    status: attemptStatus,
    result: z.enum(['REQUESTED', 'REQUESTED_AFTER_DECISION', 'ALREADY_REQUESTED', 'ALREADY_ABORTED']).meta({
      description:
        'REQUESTED_AFTER_DECISION: an approval was recorded before; whichever the gateway commits first takes effect. ' +
        'ALREADY_REQUESTED: an abort, by whomever, was recorded before.',
    }),
    decision: z
      .object({ decision: decisionKind, source: z.string(), decidedAt: instant })
      .meta({ description: 'The earliest terminal decision that is recorded' }),
    outcome: attemptOutcome.optional(),
    links,
  })
  .meta({ id: 'AbortAnswer' });
export type AbortAttemptAnswer = z.infer<typeof abortAttemptAnswer>;

/** Query of the event stream: a browser presents its read token here, for EventSource sends no headers. */
export const attemptEventsQuery = z.object({ token: z.string().max(2048).optional() });

/** Data of each message of the event stream. */
export const attemptStreamMessage = z
  .object({ paymentAttemptId, status: attemptStatus, outcome: attemptOutcome.optional() })
  .meta({ id: 'AttemptStreamMessage' });
export type AttemptStreamMessage = z.infer<typeof attemptStreamMessage>;

const EXAMPLE_ID = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const exampleLinks = {
  self: `/v1/attempts/${EXAMPLE_ID}`,
  events: `/v1/attempts/${EXAMPLE_ID}/events`,
  browserEvents: `/v1/attempts/${EXAMPLE_ID}/events?token=WyJzaG9wIl0.c2ln`,
  abort: `/v1/attempts/${EXAMPLE_ID}/abort`,
};
const exampleOutcome: AttemptOutcome = {
  status: 'APPROVED',
  paymentId: 'DdRZ6YY0',
  charged: 'yes',
  retryable: false,
  shopperCode: 'APPROVED',
};
const exampleClocks = {
  decideBy: '2026-11-21T12:01:15.000Z',
  approveBy: '2026-11-21T12:01:22.000Z',
  expiresAt: '2026-11-21T12:15:00.000Z',
};

export const acceptedAttemptExample: AcceptedAttemptAnswer = {
  paymentAttemptId: EXAMPLE_ID,
  status: 'RECEIVED',
  ...exampleClocks,
  links: exampleLinks,
};

export const concludedAttemptExample: ConcludedAttemptAnswer = {
  paymentAttemptId: EXAMPLE_ID,
  ...exampleOutcome,
  links: exampleLinks,
};

export const attemptExample: AttemptAnswer = {
  paymentAttemptId: EXAMPLE_ID,
  merchantId: 'shop',
  status: 'APPROVED',
  receivedAt: '2026-11-21T12:00:00.000Z',
  ...exampleClocks,
  order: { orderId: 'order-1', amount: { amountMinor: '4200', currency: 'EUR' } },
  sightings: 0,
  outcome: exampleOutcome,
  timeline: [
    { at: '2026-11-21T12:00:00.000Z', event: 'RECEIVED' },
    { at: '2026-11-21T12:00:00.012Z', event: 'DECIDED', decision: 'APPROVE', source: 'rules' },
    { at: '2026-11-21T12:00:00.140Z', event: 'CONCLUDED', outcome: 'APPROVED', decision: 'APPROVE', source: 'rules' },
  ],
  links: exampleLinks,
};

export const attemptListExample: AttemptListAnswer = {
  data: [
    {
      paymentAttemptId: EXAMPLE_ID,
      merchantId: 'shop',
      status: 'APPROVED',
      receivedAt: '2026-11-21T12:00:00.000Z',
      order: { orderId: 'order-1', amount: { amountMinor: '4200', currency: 'EUR' } },
      customerId: 'customer-1',
    },
  ],
  nextCursor: null,
};

export const abortAttemptExample: AbortAttemptAnswer = {
  paymentAttemptId: EXAMPLE_ID,
  status: 'DECIDED',
  result: 'REQUESTED',
  decision: { decision: 'ABORT', source: 'merchant', decidedAt: '2026-11-21T12:00:05.000Z' },
  links: exampleLinks,
};
