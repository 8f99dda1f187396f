import { outsideId, type PaymentDispute, type PaymentSnapshot } from '@tollgate/contracts';
import { toInstantUs } from '../books/instant.policy.ts';
import { readDispute } from './dispute-body.policy.ts';
import { readOperationFailure, type OperationFailure } from './operation-failure.policy.ts';

/** Webhooks that carry a whole payment (provider's documents, API v2.4). */
const SNAPSHOT_TYPES: ReadonlySet<string> = new Set(['PAYMENT.STATUS', 'PAYMENT.REFUND']);

/** A try of an operation failed: nothing moves, but the payment is read. */
const FAILURE_TYPES: ReadonlySet<string> = new Set([
  'PAYMENT.CAPTURE.FAILED',
  'PAYMENT.REFUND.FAILED',
  'PAYMENT.CANCELLATION.FAILED',
  'PAYMENT.AUTHORIZATION_ADJUSTMENT.FAILED',
  'WORKFLOW_RUN.FAILED',
]);

/** Flat bodies without a payment. */
const DISPUTE_TYPES: ReadonlySet<string> = new Set(['DISPUTE.OPENED', 'DISPUTE.STATUS']);

/**
 * What becomes of a webhook whose signature holds. REPORTED: believed, an event. RECORDED: kept, moves no books.
 * PING: the provider tries its connection. NOT_UNDERSTOOD and STALE: set aside, and the payment is read instead.
 */
export type WebhookVerdict = 'REPORTED' | 'RECORDED' | 'PING' | 'NOT_UNDERSTOOD' | 'STALE';

/** A judged webhook. */
export interface JudgedWebhook {
  readonly verdict: WebhookVerdict;
  /** Why it was set aside. */
  readonly reason?: string;
  readonly reportedAs?: string;
  readonly signedAt?: Date;
  /** The payment it speaks of, if that could be told. */
  readonly paymentId?: string;
  /** Whether that payment is to be read now. */
  readonly isReadBack: boolean;
  /** What it says about a dispute, if that is what is reported. */
  readonly dispute?: PaymentDispute;
  /** What failed, if that is what is recorded. */
  readonly failure?: OperationFailure;
}

/** A webhook after parsing. */
export interface WebhookContent {
  /** The body's JSON; undefined when it is none. */
  readonly body: unknown;
  /** `body.payment` in our words; undefined when it is no payment. */
  readonly snapshot: PaymentSnapshot | undefined;
  readonly merchantId: string;
  readonly receivedAt: Date;
}

/**
 * Decides what becomes of a signed webhook. Nothing that was signed is refused: what cannot be believed is set aside.
 * @param toleranceMs age of `signedAt` up to which it is believed; one ahead of our clock is never too old
 */
export function judgeWebhook(content: WebhookContent, toleranceMs: number): JudgedWebhook {
  const body = toRecord(content.body);
  if (body === undefined) return setAside('NOT_UNDERSTOOD', 'the body is not a JSON object', {});
  if (body.eventType === undefined && typeof body.message === 'string') return { verdict: 'PING', isReadBack: false };
  const paymentId = findPaymentId(body);
  const signedAt = toSignedAt(body.signedAt);
  const { eventType } = body;
  const known = {
    ...(paymentId === undefined ? {} : { paymentId }),
    ...(signedAt instanceof Date ? { signedAt } : {}),
  };
  if (!isTypeName(eventType)) return setAside('NOT_UNDERSTOOD', 'eventType is missing or no name', known);
  const typed = { ...known, reportedAs: eventType };
  if (signedAt === 'unreadable') return setAside('NOT_UNDERSTOOD', 'signedAt is no time', typed);
  if (signedAt !== undefined && content.receivedAt.getTime() - signedAt.getTime() > toleranceMs) {
    return setAside('STALE', 'signed longer ago than WEBHOOK_TOLERANCE_MS', typed);
  }
  if (SNAPSHOT_TYPES.has(eventType)) {
    if (content.snapshot === undefined) return setAside('NOT_UNDERSTOOD', 'payment is missing or no payment', typed);
    return { verdict: 'REPORTED', isReadBack: false, ...typed };
  }
  if (DISPUTE_TYPES.has(eventType)) {
    const read = readDispute(body);
    if ('reason' in read) return setAside('NOT_UNDERSTOOD', read.reason, typed);
    return { verdict: 'REPORTED', isReadBack: false, dispute: read.dispute, ...typed };
  }
  if (FAILURE_TYPES.has(eventType)) {
    const failure = readOperationFailure(content.merchantId, body);
    return { verdict: 'RECORDED', isReadBack: paymentId !== undefined, failure, ...typed };
  }
  return setAside('NOT_UNDERSTOOD', 'eventType is not known', typed);
}

function setAside(
  verdict: 'NOT_UNDERSTOOD' | 'STALE',
  reason: string,
  known: Pick<JudgedWebhook, 'paymentId' | 'signedAt' | 'reportedAs'>,
): JudgedWebhook {
  return { verdict, reason, isReadBack: known.paymentId !== undefined, ...known };
}

/** The provider puts it in different places: in the payment, beside it, or as what triggered a workflow. */
function findPaymentId(body: Readonly<Record<string, unknown>>): string | undefined {
  const candidates = [toRecord(body.payment)?.id, body.paymentId, body.triggerEventId];
  return candidates.map((candidate) => outsideId.safeParse(candidate)).find((parsed) => parsed.success)?.data;
}

/** Seconds since 1970 as text or number (the provider's example); milliseconds and dates are taken as well. */
function toSignedAt(signedAt: unknown): Date | 'unreadable' | undefined {
  if (signedAt === undefined || signedAt === null) return undefined;
  const text = typeof signedAt === 'number' || typeof signedAt === 'bigint' ? signedAt.toString() : signedAt;
  if (typeof text !== 'string') return 'unreadable';
  if (/^\d{1,13}(\.\d+)?$/.test(text)) {
    const value = Number(text);
    return new Date(value < SECONDS_MAX ? value * 1000 : value);
  }
  const instantUs = toInstantUs(text);
  return instantUs === undefined ? 'unreadable' : new Date(Number(instantUs / 1000n));
}

/** More than this many seconds since 1970 (the year 5138) must be milliseconds. */
const SECONDS_MAX = 100_000_000_000;

function isTypeName(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z0-9_.]{1,64}$/.test(value);
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isRecord ? (value as Record<string, unknown>) : undefined;
}
