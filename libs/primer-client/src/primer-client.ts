import { KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import { parseJsonLossless } from '@tollgate/platform';
import { type Dispatcher, Pool } from 'undici';
import { toPrimerError, toRecord, withoutAbsent } from './error-envelope.ts';
import { type Exchange, exchange } from './exchange.ts';
import { toPaymentSnapshot } from './payment-snapshot.ts';
import type {
  AttemptCall,
  PaymentFilters,
  PaymentPage,
  PaymentRead,
  PrimerError,
  ReadCall,
} from './primer-answer.types.ts';
import { parseRetryAfter } from './retry-after.ts';

/** The one version of Primer's API that is sent; answers of older shapes are read as well. */
export const PRIMER_API_VERSION = '2.4';

/** Limits of a client; each has a default that suits Primer's own 90 s limit. */
export interface PrimerClientOptions {
  /** `https://api.primer.io`, `https://api.sandbox.primer.io`, or an emulator's address. */
  readonly baseUrl: string;
  /** Used by calls that bring no key of their own. */
  readonly apiKey?: string;
  readonly connectionsMax?: number;
  readonly connectTimeoutMs?: number;
  /** Whole call, waiting for a connection included, unless the call says otherwise. Milliseconds. */
  readonly callTimeoutMs?: number;
  readonly answerBytesMax?: number;
}

/** What one call may set for itself. */
export interface CallOptions {
  readonly apiKey?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Asked directly before the first byte would leave; `false` turns the call into `notSent`. */
  readonly maySend?: () => boolean;
}

const DEFAULTS = {
  connectionsMax: 128,
  connectTimeoutMs: 3_000,
  callTimeoutMs: 90_000,
  answerBytesMax: 1_048_576,
};

/**
 * Client of Primer's API v2.4: attempts and payments. One instance holds one pool of connections; several merchants
 * share it by giving their key with each call. It follows no redirect, repeats nothing by itself, and neither a result
 * nor an error ever holds a key.
 */
export class PrimerClient {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #apiKey: string | undefined;
  readonly #limits: typeof DEFAULTS;

  constructor(options: PrimerClientOptions) {
    const { baseUrl, apiKey, ...limits } = options;
    this.#limits = { ...DEFAULTS, ...withoutAbsent(limits) };
    const url = new URL(baseUrl);
    this.#basePath = url.pathname.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#pool = new Pool(url.origin, {
      connections: this.#limits.connectionsMax,
      connectTimeout: this.#limits.connectTimeoutMs,
      // The exchange's own clock covers the whole call; these are the net below it.
      headersTimeout: this.#limits.callTimeoutMs,
      bodyTimeout: this.#limits.callTimeoutMs,
      keepAliveTimeout: 4_000,
    });
  }

  /** Approves an attempt. Sent without a body; repeating it converges on one payment. */
  async approve(attemptId: string, options: CallOptions = {}): Promise<AttemptCall> {
    return this.#callAttempt(attemptId, 'approve', undefined, options);
  }

  /** Aborts an attempt that still awaits approval. `reason` is a slug for the merchant's own records at Primer. */
  async abort(attemptId: string, reason?: string, options: CallOptions = {}): Promise<AttemptCall> {
    return this.#callAttempt(attemptId, 'abort', reason === undefined ? undefined : { reason }, options);
  }

  /** Reads a payment; with `expand: ['transactions.events']` its events too. */
  async getPayment(
    paymentId: string,
    options: CallOptions & { readonly expand?: readonly string[] } = {},
  ): Promise<ReadCall<PaymentRead>> {
    const query = new URLSearchParams();
    if (options.expand !== undefined && options.expand.length > 0) {
      query.set('expand', options.expand.join(','));
    }
    const answer = await this.#read(`/payments/${encodeURIComponent(paymentId)}`, query, options);
    return toRead(answer, (raw) => ({ snapshot: toPaymentSnapshot(raw), raw }));
  }

  /** One page of the payment list; `cursor` is the `nextCursor` of the page before. The list may lag by a minute. */
  async listPaymentsPage(
    filters: PaymentFilters,
    options: CallOptions & { readonly cursor?: string } = {},
  ): Promise<ReadCall<PaymentPage>> {
    const query = toQuery(filters);
    if (options.cursor !== undefined) {
      query.set('cursor', options.cursor);
    }
    return toRead(await this.#read('/payments', query, options), toPage);
  }

  /**
   * All payments that fit, page after page.
   * @throws KnownError PROVIDER_UNAVAILABLE (retriable) or PROVIDER_REFUSED when a page cannot be had
   */
  async *listPayments(filters: PaymentFilters, options: CallOptions = {}): AsyncGenerator<PaymentSnapshot, void> {
    const seen = new Set<string>();
    let page = toFoundOrThrow(await this.listPaymentsPage(filters, options));
    yield* page.payments;
    while (page.nextCursor !== null) {
      const cursor = page.nextCursor;
      if (seen.has(cursor)) {
        throw new KnownError('PROVIDER_ANSWER_UNKNOWN', { detail: 'The payment list repeats its cursor' });
      }
      seen.add(cursor);
      page = toFoundOrThrow(await this.listPaymentsPage(filters, { ...options, cursor }));
      yield* page.payments;
    }
  }

  /** Waits for calls under way, then closes the connections. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Cuts every call under way and closes the connections. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }

  async #callAttempt(
    attemptId: string,
    verb: 'approve' | 'abort',
    body: Readonly<Record<string, string>> | undefined,
    options: CallOptions,
  ): Promise<AttemptCall> {
    const path = `/payment-attempts/${encodeURIComponent(attemptId)}/${verb}`;
    return toAttemptCall(await this.#exchange({ method: 'POST', path, body }, options), attemptId);
  }

  #read(path: string, query: URLSearchParams, options: CallOptions): Promise<Exchange> {
    const search = query.size === 0 ? '' : `?${query.toString()}`;
    return this.#exchange({ method: 'GET', path: `${path}${search}`, body: undefined }, options);
  }

  #exchange(request: { method: 'GET' | 'POST'; path: string; body: unknown }, options: CallOptions): Promise<Exchange> {
    const apiKey = options.apiKey ?? this.#apiKey;
    if (apiKey === undefined || !/^[\x21-\x7e]+$/.test(apiKey)) {
      throw new KnownError('PROVIDER_REFUSED', { detail: 'No usable Primer API key was given' });
    }
    const headers: Record<string, string> = {
      'X-API-KEY': apiKey,
      'X-API-VERSION': PRIMER_API_VERSION,
      accept: 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const dispatch: Dispatcher.DispatchOptions = {
      method: request.method,
      path: `${this.#basePath}${request.path}`,
      headers,
      body: request.body === undefined ? null : JSON.stringify(request.body),
    };
    return exchange(this.#pool, dispatch, {
      timeoutMs: options.timeoutMs ?? this.#limits.callTimeoutMs,
      answerBytesMax: this.#limits.answerBytesMax,
      ...withoutAbsent({ signal: options.signal, maySend: options.maySend }),
    });
  }
}

function toAttemptCall(result: Exchange, attemptId: string): AttemptCall {
  if (result.kind === 'notSent') {
    return result;
  }
  if (result.kind === 'lost') {
    return { kind: 'unknown', reason: result.reason, ...withoutAbsent({ status: result.status }) };
  }
  const retryAfterMs = parseRetryAfter(result.retryAfter);
  if (isServerTrouble(result.status)) {
    const { status } = result;
    return { kind: 'unknown', reason: 'server-error', status, ...withoutAbsent({ retryAfterMs }) };
  }
  const body = toJson(result.body);
  const error = toPrimerError(body);
  return {
    kind: 'answered',
    status: result.status,
    understood: result.status === 200 ? speaksOf(body, attemptId) : error !== undefined,
    ...withoutAbsent({
      paymentId: result.status === 200 ? toPaymentId(body) : error?.paymentId,
      errorId: error?.errorId,
      error,
      retryAfterMs,
    }),
  };
}

/** 408 and every 5xx, the documented 504 among them: the effect may have happened all the same. */
function isServerTrouble(status: number): boolean {
  return status === 408 || status >= 500;
}

function speaksOf(body: unknown, attemptId: string): boolean {
  const record = toRecord(body);
  if (record === undefined) {
    return false;
  }
  const answered = record.paymentAttemptId;
  return answered === undefined || (typeof answered === 'string' && answered.toLowerCase() === attemptId.toLowerCase());
}

/** The reference says `merchantPaymentId`, the changelog `paymentId`: both are read. */
function toPaymentId(body: unknown): string | undefined {
  const { merchantPaymentId, paymentId } = toRecord(body) ?? {};
  return [merchantPaymentId, paymentId].find((id): id is string => typeof id === 'string' && id !== '');
}

function toRead<Found>(result: Exchange, read: (body: unknown) => Found): ReadCall<Found> {
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
    return toFound(body, read);
  }
  const error: { error?: PrimerError } = withoutAbsent({ error: toPrimerError(body) });
  return { kind: status === 404 ? 'missing' : 'refused', status, ...error };
}

function toFound<Found>(body: unknown, read: (body: unknown) => Found): ReadCall<Found> {
  try {
    return { kind: 'found', value: read(body) };
  } catch (error) {
    if (error instanceof KnownError) {
      return { kind: 'unavailable', reason: 'not-understood', status: 200 };
    }
    throw error;
  }
}

function toFoundOrThrow<Found>(call: ReadCall<Found>): Found {
  if (call.kind === 'found') {
    return call.value;
  }
  if (call.kind === 'unavailable') {
    throw new KnownError('PROVIDER_UNAVAILABLE', { facts: { reason: call.reason, status: call.status } });
  }
  throw new KnownError('PROVIDER_REFUSED', { facts: { status: call.status, errorId: call.error?.errorId } });
}

function toPage(body: unknown): PaymentPage {
  const { data, nextCursor } = toRecord(body) ?? {};
  if (!Array.isArray(data)) {
    throw new KnownError('PROVIDER_ANSWER_UNKNOWN', { detail: 'A list of payments needs data' });
  }
  return {
    payments: data.map(toPaymentSnapshot),
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

function toQuery(filters: PaymentFilters): URLSearchParams {
  const parameters = {
    order_id: filters.orderId,
    status: filters.status?.join(','),
    from_date: filters.fromDate?.toISOString(),
    to_date: filters.toDate?.toISOString(),
    currency_code: filters.currency,
    min_amount: filters.amountMinorMin?.toString(),
    max_amount: filters.amountMinorMax?.toString(),
    customer_id: filters.customerId,
    processor: filters.processorName,
    last_4_digits: filters.last4,
    limit: filters.limit?.toString(),
  };
  return new URLSearchParams(withoutAbsent(parameters) as Record<string, string>);
}
