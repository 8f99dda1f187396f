import { KnownError } from '@tollgate/contracts';
import { type Dispatcher, Pool } from 'undici';
import { withoutAbsent } from './error-envelope.ts';
import { type Exchange, exchange } from './exchange.ts';
import { PRIMER_CALLS, type PrimerRequest } from './primer-call.types.ts';
import { toJsonText } from './request-body.ts';

/** The one version of Primer's API that is sent; answers of older shapes are read as well. */
export const PRIMER_API_VERSION = '2.4';

/** Where Primer is, and limits; each has a default that suits Primer's own 90 s limit. */
export interface PrimerTransportOptions {
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
 * One pool of connections to Primer. Sends a request as it is, checks nothing about it and repeats nothing: that is
 * what {@link PrimerClient} is for, and why tests of a server use this.
 */
export class PrimerTransport {
  readonly #pool: Pool;
  readonly #basePath: string;
  readonly #apiKey: string | undefined;
  readonly #limits: typeof DEFAULTS;

  constructor(options: PrimerTransportOptions) {
    const { baseUrl, apiKey, connectionsMax, connectTimeoutMs, callTimeoutMs, answerBytesMax } = options;
    this.#limits = {
      ...DEFAULTS,
      ...withoutAbsent({ connectionsMax, connectTimeoutMs, callTimeoutMs, answerBytesMax }),
    };
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

  /**
   * @param headers beside key and version, or instead of them; an empty one is left out
   * @throws KnownError PROVIDER_REFUSED when there is no usable key
   */
  send(request: PrimerRequest, options: CallOptions = {}, headers: Record<string, string> = {}): Promise<Exchange> {
    const { method, route } = PRIMER_CALLS[request.call];
    const search = request.query === undefined || request.query.size === 0 ? '' : `?${request.query.toString()}`;
    const dispatch: Dispatcher.DispatchOptions = {
      method,
      path: `${this.#basePath}${route.replace('{id}', encodeURIComponent(request.id ?? ''))}${search}`,
      headers: this.#toHeaders(request, options, headers),
      body: request.body === undefined ? null : toJsonText(request.body),
    };
    return exchange(this.#pool, dispatch, {
      timeoutMs: options.timeoutMs ?? this.#limits.callTimeoutMs,
      answerBytesMax: this.#limits.answerBytesMax,
      ...withoutAbsent({ signal: options.signal, maySend: options.maySend }),
    });
  }

  /** Waits for calls under way, then closes the connections. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Cuts every call under way and closes the connections. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }

  #toHeaders(request: PrimerRequest, options: CallOptions, own: Record<string, string>): Record<string, string> {
    const headers = {
      'X-API-KEY': toUsableKey(options.apiKey ?? this.#apiKey),
      'X-API-VERSION': PRIMER_API_VERSION,
      accept: 'application/json',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(request.idempotencyKey === undefined ? {} : { 'X-Idempotency-Key': request.idempotencyKey }),
      ...own,
    };
    return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  }
}

function toUsableKey(apiKey: string | undefined): string {
  if (apiKey === undefined || !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new KnownError('PROVIDER_REFUSED', { detail: 'No usable Primer API key was given' });
  }
  return apiKey;
}
