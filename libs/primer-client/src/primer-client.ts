import { KnownError, type PaymentSnapshot } from '@tollgate/contracts';
import {
  toAttemptCall,
  toClientSessionCall,
  toClientSessionReadCall,
  toPaymentCall,
  toPaymentPageCall,
  toPaymentReadCall,
} from './call-answer.ts';
import { withoutAbsent } from './error-envelope.ts';
import type { Exchange } from './exchange.ts';
import { type CircuitOptions, type CircuitReport, MerchantCircuits } from './merchant-circuits.ts';
import { toPaymentQuery } from './payment-query.ts';
import type {
  AttemptCall,
  ClientSession,
  ClientSessionCall,
  OnUnreadable,
  PaymentCall,
  PaymentFilters,
  PaymentPage,
  PaymentRead,
  ReadCall,
} from './primer-answer.types.ts';
import { type CallGroup, PRIMER_CALLS, type PrimerCallName, type PrimerRequest } from './primer-call.types.ts';
import {
  abortAttemptRequest,
  type AdjustAuthorizationRequest,
  adjustAuthorizationRequest,
  type AuthorizePaymentRequest,
  authorizePaymentRequest,
  type CancelPaymentRequest,
  cancelPaymentRequest,
  type CapturePaymentRequest,
  capturePaymentRequest,
  type ClientSessionRequest,
  clientSessionRequest,
  type ClientSessionUpdateRequest,
  clientSessionUpdateRequest,
  type CreatePaymentRequest,
  createPaymentRequest,
  pageLimit,
  type RefundPaymentRequest,
  refundPaymentRequest,
  type ResumePaymentRequest,
  resumePaymentRequest,
} from './primer-request.schema.ts';
import { PrimerTransport, type PrimerTransportOptions, type SendOptions } from './primer-transport.ts';
import { exchangeRepeatedly } from './repeated-exchange.ts';
import { toIdempotencyKey, toPathId, toValidBody } from './request-body.ts';

/** What a client is made with. */
export interface PrimerClientOptions extends PrimerTransportOptions {
  /** The circuit breakers and limits of calls that each merchant has; what is left out has its default. */
  readonly circuit?: Partial<CircuitOptions>;
  /** How often a read is tried again by itself: 2 times, unless this or the call says otherwise. */
  readonly readRetriesMax?: number;
}

/** What one call may set for itself. */
export interface CallOptions extends SendOptions {
  /** Whose circuit this call belongs to. Without it the key tells merchants apart. */
  readonly merchantId?: string;
  /**
   * How often it may be tried again, within its time and only where that is safe: a read, an approve, whatever carries
   * an idempotency key, and anything of which not one byte left. 0 unless given, for what is not a read.
   */
  readonly retriesMax?: number;
}

/** What a call that changes a payment may set for itself. */
export interface PaymentCallOptions extends CallOptions {
  /**
   * Primer carries out a call once for each key; sent again with the same key, it answers with the error
   * IdempotencyKeyAlreadyExists (at a creation TransactionRequestIdempotencyKeyAlreadyExists), not with the first answer.
   */
  readonly idempotencyKey?: string;
}

/** What reading the list may set for itself. */
export interface ListCallOptions extends CallOptions {
  /** Takes entries that are no payments, and the rest is read; without it their page is not understood. */
  readonly onUnreadable?: OnUnreadable;
}

const READ_RETRIES_MAX = 2;

/** Primer's own page size, which is also its largest. */
const PAGE_LIMIT_MAX = 100;

/**
 * Client of Primer's API v2.4: client sessions, payment attempts and payments. One instance holds one pool of
 * connections; several merchants share it by giving their key with each call. Network trouble is a result, never an
 * error thrown. It follows no redirect, and neither a result nor an error ever holds a key.
 *
 * Every call throws a KnownError VALIDATION_FAILED for a request that does not fit Primer's schema, before anything is
 * sent. Without a key that a header can carry a call is `notSent`, for the reason `no-key`.
 */
export class PrimerClient {
  readonly #transport: PrimerTransport;
  readonly #circuits: MerchantCircuits;
  readonly #readRetriesMax: number;

  /** @param transport another one than the options describe, for who wants to see every exchange */
  constructor(options: PrimerClientOptions, transport?: PrimerTransport) {
    const { circuit = {}, readRetriesMax = READ_RETRIES_MAX, ...transportOptions } = options;
    this.#transport = transport ?? new PrimerTransport(transportOptions);
    this.#circuits = new MerchantCircuits(circuit);
    this.#readRetriesMax = readRetriesMax;
  }

  /** Each merchant's circuits as they are now. */
  circuits(): CircuitReport[] {
    return this.#circuits.reports();
  }

  /** One circuit of a merchant that calls named; undefined before the first of them. */
  circuitOf(merchantId: string, group: CallGroup): CircuitReport | undefined {
    return this.#circuits.reportOf(merchantId, group);
  }

  /** Approves an attempt. Sent without a body; repeating it converges on one payment. */
  async approve(attemptId: string, options: CallOptions = {}): Promise<AttemptCall> {
    const request: PrimerRequest = { call: 'approveAttempt', id: toPathId(attemptId) };
    return toAttemptCall(await this.#send(request, options), attemptId);
  }

  /** Aborts an attempt that still awaits approval. `reason` is a slug for the merchant's own records at Primer. */
  async abort(attemptId: string, reason?: string, options: CallOptions = {}): Promise<AttemptCall> {
    const body = reason === undefined ? undefined : toValidBody(abortAttemptRequest, { reason });
    const request: PrimerRequest = { call: 'abortAttempt', id: toPathId(attemptId), body };
    return toAttemptCall(await this.#send(request, options), attemptId);
  }

  /** Makes a client session for the browser's checkout; with `approvalMode: 'MANUAL'` each payment waits for an approve. */
  async createClientSession(request: ClientSessionRequest, options: CallOptions = {}): Promise<ClientSessionCall> {
    const body = toValidBody(clientSessionRequest, request);
    return toClientSessionCall(await this.#send({ call: 'createClientSession', body }, options), { isNew: true });
  }

  /** Reads a client session by the token that was given to the browser. */
  async getClientSession(clientToken: string, options: CallOptions = {}): Promise<ReadCall<ClientSession>> {
    const query = new URLSearchParams({ clientToken });
    return toClientSessionReadCall(await this.#send({ call: 'getClientSession', query }, options));
  }

  /** Changes what is given of a client session and leaves the rest; its approval mode cannot be changed. */
  async updateClientSession(
    request: ClientSessionUpdateRequest,
    options: CallOptions = {},
  ): Promise<ClientSessionCall> {
    const body = toValidBody(clientSessionUpdateRequest, request);
    return toClientSessionCall(await this.#send({ call: 'updateClientSession', body }, options), { isNew: false });
  }

  /**
   * Makes a payment with a token, one-time or vaulted, and authorises it. The key is not optional here: without one, a
   * lost answer could only be followed by a guess.
   */
  async createPayment(
    request: CreatePaymentRequest,
    options: PaymentCallOptions & { readonly idempotencyKey: string },
  ): Promise<PaymentCall> {
    return this.#pay('createPayment', undefined, toValidBody(createPaymentRequest, request), options);
  }

  /** Authorises a payment that is not authorised yet, at the processor that is named. */
  async authorizePayment(
    paymentId: string,
    request: AuthorizePaymentRequest,
    options: PaymentCallOptions = {},
  ): Promise<PaymentCall> {
    return this.#pay('authorizePayment', paymentId, toValidBody(authorizePaymentRequest, request), options);
  }

  /** Captures all of an authorised payment or a part. After a capture with `final` (the default) there is no other. */
  async capturePayment(
    paymentId: string,
    request: CapturePaymentRequest = {},
    options: PaymentCallOptions = {},
  ): Promise<PaymentCall> {
    return this.#pay('capturePayment', paymentId, toValidBody(capturePaymentRequest, request), options);
  }

  /** Cancels a payment that has not been settled: the hold on the shopper's money is given up. */
  async cancelPayment(
    paymentId: string,
    request: CancelPaymentRequest = {},
    options: PaymentCallOptions = {},
  ): Promise<PaymentCall> {
    return this.#pay('cancelPayment', paymentId, toValidBody(cancelPaymentRequest, request), options);
  }

  /** Gives back all that was captured and not refunded yet, or a part of it. */
  async refundPayment(
    paymentId: string,
    request: RefundPaymentRequest = {},
    options: PaymentCallOptions = {},
  ): Promise<PaymentCall> {
    return this.#pay('refundPayment', paymentId, toValidBody(refundPaymentRequest, request), options);
  }

  /** Sets the amount of an authorisation that was made as ESTIMATED. */
  async adjustAuthorization(
    paymentId: string,
    request: AdjustAuthorizationRequest,
    options: PaymentCallOptions = {},
  ): Promise<PaymentCall> {
    return this.#pay('adjustAuthorization', paymentId, toValidBody(adjustAuthorizationRequest, request), options);
  }

  /**
   * Goes on with a payment whose `requiredAction` the shopper has carried out. A 202 is Primer's word that it goes on by
   * itself and the payment should be read later. It takes no idempotency key.
   */
  async resumePayment(
    paymentId: string,
    request: ResumePaymentRequest,
    options: CallOptions = {},
  ): Promise<PaymentCall> {
    return this.#pay('resumePayment', paymentId, toValidBody(resumePaymentRequest, request), options);
  }

  /** Reads a payment; with `expand: ['transactions.events']` its events too. */
  async getPayment(
    paymentId: string,
    options: CallOptions & { readonly expand?: readonly string[] } = {},
  ): Promise<ReadCall<PaymentRead>> {
    const { expand = [] } = options;
    const query = new URLSearchParams(expand.length === 0 ? {} : { expand: expand.join(',') });
    const request: PrimerRequest = { call: 'getPayment', id: toPathId(paymentId), query };
    return toPaymentReadCall(await this.#send(request, options), paymentId);
  }

  /** One page of the payment list; `cursor` is the `nextCursor` of the page before. The list may lag by a minute. */
  async listPaymentsPage(
    filters: PaymentFilters,
    options: ListCallOptions & { readonly cursor?: string } = {},
  ): Promise<ReadCall<PaymentPage>> {
    toValidBody(pageLimit, filters.limit);
    const query = toPaymentQuery(filters, options.cursor);
    return toPaymentPageCall(await this.#send({ call: 'listPayments', query }, options), options.onUnreadable);
  }

  /**
   * All payments that fit, page after page. A page that is too large to be taken is asked for in smaller ones, down to
   * one payment; from there on pages stay as small.
   * @throws KnownError PROVIDER_UNAVAILABLE (retriable) or PROVIDER_REFUSED when a page cannot be had
   */
  async *listPayments(filters: PaymentFilters, options: ListCallOptions = {}): AsyncGenerator<PaymentSnapshot, void> {
    const seen = new Set<string>();
    let limit = filters.limit;
    let cursor: string | undefined;
    do {
      const call = await this.listPaymentsPage(
        { ...filters, ...withoutAbsent({ limit }) },
        { ...options, ...withoutAbsent({ cursor }) },
      );
      const size = limit ?? PAGE_LIMIT_MAX;
      if (call.kind === 'unavailable' && call.reason === 'answer-too-large' && size > 1) {
        limit = Math.floor(size / 2);
        continue;
      }
      const page = toFoundOrThrow(call);
      yield* page.payments;
      cursor = page.nextCursor ?? undefined;
      if (cursor === undefined) return;
      if (seen.has(cursor)) {
        throw new KnownError('PROVIDER_ANSWER_UNKNOWN', { detail: 'The payment list repeats its cursor' });
      }
      seen.add(cursor);
    } while (true);
  }

  /** Waits for calls under way, then closes the connections. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  /** Cuts every call under way and closes the connections. */
  async destroy(): Promise<void> {
    await this.#transport.destroy();
  }

  async #pay(
    call: PrimerCallName,
    paymentId: string | undefined,
    body: unknown,
    options: PaymentCallOptions,
  ): Promise<PaymentCall> {
    const request: PrimerRequest = {
      call,
      body,
      ...withoutAbsent({
        id: paymentId === undefined ? undefined : toPathId(paymentId),
        idempotencyKey: options.idempotencyKey === undefined ? undefined : toIdempotencyKey(options.idempotencyKey),
      }),
    };
    return toPaymentCall(await this.#send(request, options), paymentId);
  }

  async #send(request: PrimerRequest, options: CallOptions): Promise<Exchange> {
    const { repetition, group } = PRIMER_CALLS[request.call];
    const { merchantId, signal, retriesMax = repetition === 'read' ? this.#readRetriesMax : 0 } = options;
    const apiKey = this.#transport.usableKeyOf(options);
    if (apiKey === undefined) {
      return { kind: 'notSent', reason: 'no-key' };
    }
    const timeoutMs = this.#transport.timeoutMsOf(options);
    const sendOnce = (leftMs: number) =>
      this.#circuits.pass({
        ...{ merchantId, apiKey, group, signal, timeoutMs: leftMs },
        send: (restMs) => this.#transport.send(request, { ...options, timeoutMs: restMs }),
      });
    if (retriesMax === 0) {
      return sendOnce(timeoutMs);
    }
    const isKeyed = request.idempotencyKey !== undefined;
    return exchangeRepeatedly(sendOnce, { repetition, isKeyed, retriesMax, timeoutMs, signal });
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
