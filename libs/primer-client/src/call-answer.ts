import { KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { parseJsonLossless } from '@tollgate/platform';
import { toClientSession } from './client-session.ts';
import { toPrimerError, toRecord, withoutAbsent } from './error-envelope.ts';
import type { Exchange } from './exchange.ts';
import { toPaymentDetails } from './payment-details.ts';
import { toPaymentSnapshot } from './payment-snapshot.ts';
import type {
  AnsweredCall,
  AttemptCall,
  ClientSession,
  ClientSessionCall,
  OnUnreadable,
  PaymentCall,
  PaymentPage,
  PaymentRead,
  PrimerError,
  ReadCall,
  UnknownCall,
  UnsentCall,
} from './primer-answer.types.ts';
import { parseRetryAfter } from './retry-after.ts';
import { toId } from './tolerant-reading.ts';

/** What an exchange about an attempt came to. */
export function toAttemptCall(result: Exchange, attemptId: string): AttemptCall {
  const trouble = toTrouble(result);
  if (trouble !== undefined) {
    return trouble;
  }
  const { call, body, error } = toAnswered(result);
  return {
    ...call,
    understood: call.status === 200 ? error === undefined && speaksOf(body, attemptId) : error !== undefined,
    ...withoutAbsent({ paymentId: call.status === 200 ? toApprovedId(body) : error?.paymentId }),
  };
}

/**
 * What an exchange that makes or changes a payment came to.
 * @param paymentId the payment that was asked about; undefined where the call makes one
 */
export function toPaymentCall(result: Exchange, paymentId: string | undefined): PaymentCall {
  const trouble = toTrouble(result);
  if (trouble !== undefined) {
    return trouble;
  }
  const { call, body, error } = toAnswered(result);
  if (call.status !== 200) {
    return { ...call, ...withoutAbsent({ paymentId: error?.paymentId }) };
  }
  const read = toPaymentRead(body);
  if (read === undefined || (paymentId !== undefined && read.snapshot.paymentId !== paymentId)) {
    return { ...call, understood: false };
  }
  return { ...call, understood: true, payment: read.snapshot, paymentId: read.snapshot.paymentId, read };
}

/** What an exchange that makes or changes a client session came to. A session that was made has a client token. */
export function toClientSessionCall(result: Exchange, options: { readonly isNew: boolean }): ClientSessionCall {
  const trouble = toTrouble(result);
  if (trouble !== undefined) {
    return trouble;
  }
  const { call, body } = toAnswered(result);
  if (call.status !== 200) {
    return call;
  }
  const session = toClientSession(body);
  const isUsable = session !== undefined && (!options.isNew || session.clientToken !== undefined);
  return isUsable ? { ...call, understood: true, session } : { ...call, understood: false };
}

/** What a read of a payment came to; a payment with another id than the one asked for is not understood. */
export function toPaymentReadCall(result: Exchange, paymentId: string): ReadCall<PaymentRead> {
  return toRead(result, (body) => {
    const read = toPaymentRead(body);
    return read?.snapshot.paymentId === paymentId ? read : undefined;
  });
}

/**
 * What a read of one page of the payment list came to.
 * @param onUnreadable takes the entries that are no payments; without it a page that has one is not understood
 */
export function toPaymentPageCall(result: Exchange, onUnreadable?: OnUnreadable): ReadCall<PaymentPage> {
  return toRead(result, (body) => toPage(body, onUnreadable));
}

/** What a read of a client session came to. */
export function toClientSessionReadCall(result: Exchange): ReadCall<ClientSession> {
  return toRead(result, toClientSession);
}

/** No whole answer, or one that leaves open whether the effect happened. */
function toTrouble(result: Exchange): UnsentCall | UnknownCall | undefined {
  if (result.kind === 'notSent') {
    return result;
  }
  if (result.kind === 'lost') {
    return { kind: 'unknown', reason: result.reason, ...withoutAbsent({ status: result.status }) };
  }
  if (!isServerTrouble(result.status)) {
    return undefined;
  }
  const retryAfterMs = parseRetryAfter(result.retryAfter);
  return { kind: 'unknown', reason: 'server-error', status: result.status, ...withoutAbsent({ retryAfterMs }) };
}

interface Answered {
  /** Understood if it carries an error in Primer's envelope, of anything but a 200. */
  readonly call: Omit<AnsweredCall, 'paymentId'>;
  readonly body: unknown;
  readonly error: PrimerError | undefined;
}

function toAnswered(result: Exchange): Answered {
  if (result.kind !== 'answered') {
    throw new TypeError('only what was answered is read');
  }
  const body = toJson(result.body);
  const error = toPrimerError(body);
  const retryAfterMs = parseRetryAfter(result.retryAfter);
  return {
    call: {
      kind: 'answered',
      status: result.status,
      understood: error !== undefined,
      ...withoutAbsent({ errorId: error?.errorId, error, retryAfterMs, triesUnanswered: result.triesUnanswered }),
    },
    body,
    error,
  };
}

/** 408 and every 5xx, the documented 504 among them: the effect may have happened all the same. */
function isServerTrouble(status: number): boolean {
  return status === 408 || status >= 500;
}

/**
 * Every documented success of an approve and of an abort names the attempt. A 200 that does not is anybody's: a proxy's
 * maintenance page must not pass for an abort that Primer has carried out.
 */
function speaksOf(body: unknown, attemptId: string): boolean {
  const answered = toRecord(body)?.paymentAttemptId;
  return typeof answered === 'string' && answered.toLowerCase() === attemptId.toLowerCase();
}

/** The reference says `merchantPaymentId`, the changelog `paymentId`: both are read. */
function toApprovedId(body: unknown): string | undefined {
  const { merchantPaymentId, paymentId } = toRecord(body) ?? {};
  return [merchantPaymentId, paymentId].find((id): id is string => typeof id === 'string' && id !== '');
}

function toRead<Found>(result: Exchange, read: (body: unknown) => Found | undefined): ReadCall<Found> {
  if (result.kind !== 'answered') {
    return { kind: 'unavailable', reason: result.reason };
  }
  const { status } = result;
  const pause = withoutAbsent({ retryAfterMs: parseRetryAfter(result.retryAfter) });
  if (isServerTrouble(status)) {
    return { kind: 'unavailable', reason: 'server-error', status, ...pause };
  }
  if (status === 429) {
    return { kind: 'unavailable', reason: 'too-many-requests', status, ...pause };
  }
  const body = toJson(result.body);
  if (status === 200) {
    const value = read(body);
    return value === undefined
      ? { kind: 'unavailable', reason: 'not-understood', status }
      : { kind: 'found', value, ...withoutAbsent({ answeredAt: toInstant(result.date) }) };
  }
  const error: { error?: PrimerError } = withoutAbsent({ error: toPrimerError(body) });
  return { kind: status === 404 ? 'missing' : 'refused', status, ...error };
}

/** An HTTP date (RFC 9110, 5.6.7). */
function toInstant(header: string | undefined): Date | undefined {
  const instant = new Date(header ?? '');
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function toPaymentRead(raw: unknown): PaymentRead | undefined {
  const snapshot = toSnapshotIfAny(raw);
  return snapshot === undefined ? undefined : { snapshot, details: toPaymentDetails(raw), raw };
}

function toSnapshotIfAny(payment: unknown): PaymentSnapshot | undefined {
  try {
    return toPaymentSnapshot(payment);
  } catch (error) {
    if (error instanceof KnownError) {
      return undefined;
    }
    throw error;
  }
}

function toPage(body: unknown, onUnreadable: OnUnreadable | undefined): PaymentPage | undefined {
  const { data, nextCursor } = toRecord(body) ?? {};
  if (!Array.isArray(data)) {
    return undefined;
  }
  const entries = data.map((entry: unknown) => ({ entry, payment: toSnapshotIfAny(entry) }));
  const unreadable = entries.filter(({ payment }) => payment === undefined);
  if (unreadable.length > 0 && onUnreadable === undefined) {
    return undefined; // A list that was read in part proves nothing.
  }
  unreadable.forEach(({ entry }) => onUnreadable?.(toId(toRecord(entry)?.id)));
  return {
    payments: entries.flatMap(({ payment }) => payment ?? []),
    nextCursor: typeof nextCursor === 'string' && nextCursor !== '' ? nextCursor : null,
  };
}

function toJson(body: Buffer): unknown {
  try {
    return parseJsonLossless(body);
  } catch {
    return undefined; // What is not JSON is answered as not understood, by its status.
  }
}
