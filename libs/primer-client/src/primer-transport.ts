import { HEADER_SECRET, KnownError } from '@tollgate/contracts';
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
  /** From the last byte sent to the end of the answer's headers. */
  readonly headersTimeoutMs?: number;
  /** Whole call, waiting and repetitions included, unless the call says otherwise; at most 90 s. Milliseconds. */
  readonly callTimeoutMs?: number;
  readonly answerBytesMax?: number;
}

/** What one sending may set for itself. */
export interface SendOptions {
  readonly apiKey?: string;
  /** For the whole call; at most 90 s. Milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Asked directly before the first byte would leave; `false` turns the call into `notSent`. */
  readonly maySend?: () => boolean;
}

/** "This API enforces a timeout of 90 seconds for all requests": longer waiting could not bring an answer. */
const CALL_TIMEOUT_MS_MAX = 90_000;

/** What {@link PrimerTransportOptions} leave out. */
export const TRANSPORT_DEFAULTS = {
  connectionsMax: 128,
  connectTimeoutMs: 3_000,
  headersTimeoutMs: CALL_TIMEOUT_MS_MAX,
  callTimeoutMs: CALL_TIMEOUT_MS_MAX,
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
  readonly #limits: typeof TRANSPORT_DEFAULTS;

  constructor(options: PrimerTransportOptions) {
    const { baseUrl, apiKey, ...limits } = options;
    this.#limits = { ...TRANSPORT_DEFAULTS, ...withoutAbsent(limits) };
    const url = new URL(baseUrl);
    this.#basePath = url.pathname.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#pool = new Pool(url.origin, {
      connections: this.#limits.connectionsMax,
      connectTimeout: this.#limits.connectTimeoutMs,
      headersTimeout: this.#limits.headersTimeoutMs,
      // The exchange's own clock covers the whole call; this is the net below it.
      bodyTimeout: CALL_TIMEOUT_MS_MAX,
      keepAliveTimeout: 4_000,
    });
  }

  /**
   * @param headers beside key and version, or instead of them; an empty one is left out
   * @throws KnownError PROVIDER_REFUSED when there is no usable key
   */
  send(request: PrimerRequest, options: SendOptions = {}, headers: Record<string, string> = {}): Promise<Exchange> {
    const { method, route } = PRIMER_CALLS[request.call];
    const search = request.query === undefined || request.query.size === 0 ? '' : `?${request.query.toString()}`;
    const body = request.text ?? (request.body === undefined ? null : toJsonText(request.body));
    const dispatch: Dispatcher.DispatchOptions = {
      method,
      path: `${this.#basePath}${route.replace('{id}', encodeURIComponent(request.id ?? ''))}${search}`,
      headers: this.#toHeaders(request, body !== null, options, headers),
      body,
    };
    return exchange(this.#pool, dispatch, {
      timeoutMs: this.timeoutMsOf(options),
      answerBytesMax: this.#limits.answerBytesMax,
      ...withoutAbsent({ signal: options.signal, maySend: options.maySend }),
    });
  }

  /** How long a call may take in all. Milliseconds. */
  timeoutMsOf(options: SendOptions): number {
    return Math.min(options.timeoutMs ?? this.#limits.callTimeoutMs, CALL_TIMEOUT_MS_MAX);
  }

  /** The key that a call is made with; undefined when there is none that a header can carry. */
  usableKeyOf(options: SendOptions): string | undefined {
    const apiKey = options.apiKey ?? this.#apiKey;
    return apiKey !== undefined && HEADER_SECRET.test(apiKey) ? apiKey : undefined;
  }

  /** Waits for calls under way, then closes the connections. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  /** Cuts every call under way and closes the connections. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }

  #toHeaders(
    request: PrimerRequest,
    hasBody: boolean,
    options: SendOptions,
    own: Record<string, string>,
  ): Record<string, string> {
    const apiKey = this.usableKeyOf(options);
    if (apiKey === undefined) {
      throw new KnownError('PROVIDER_REFUSED', { detail: 'No usable Primer API key was given' });
    }
    const headers = {
      'X-API-KEY': apiKey,
      'X-API-VERSION': PRIMER_API_VERSION,
      accept: 'application/json',
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...(request.idempotencyKey === undefined ? {} : { 'X-Idempotency-Key': request.idempotencyKey }),
      ...own,
    };
    return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== ''));
  }
}
