import type { Dispatcher } from 'undici';

/** What happened to one HTTP request. Network trouble is a result here, never an error thrown. */
export type Exchange =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly retryAfter?: string;
      /** The `Date` header. */
      readonly date?: string;
      readonly body: Buffer;
      /** Earlier tries of this call that may have arrived and were not answered; absent for none. */
      readonly triesUnanswered?: number;
    }
  /** Not one byte of the request was handed to a socket. */
  | { readonly kind: 'notSent'; readonly reason: LossReason }
  /** A byte may have left and no whole answer came back. `status` is set if its first line arrived. */
  | { readonly kind: 'lost'; readonly reason: LossReason; readonly status?: number };

/** Why there is no answer: for logs and metrics, free of addresses and secrets. */
export type LossReason =
  | 'call-timeout'
  | 'connect-failed'
  | 'connection-lost'
  | 'answer-too-large'
  | 'answer-not-http'
  | 'cancelled'
  | 'send-refused'
  /** There is no API key for it that a header can carry. */
  | 'no-key'
  /** So many calls of this merchant failed that none is sent for a moment. */
  | 'circuit-open'
  /** More calls of this merchant wait than may. */
  | 'too-many-calls';

/** Limits and hooks of one exchange. */
export interface ExchangeOptions {
  /** From now to the last byte of the answer, waiting for a free connection included. Milliseconds. */
  readonly timeoutMs: number;
  readonly answerBytesMax: number;
  readonly signal?: AbortSignal;
  /** Asked once a connection is ready, directly before the first byte would leave; `false` keeps it from leaving. */
  readonly maySend?: () => boolean;
}

/**
 * Sends one request and reads its answer within limits. The dispatcher announces a request right before it writes to
 * the socket, and that moment alone separates "nothing left" from "something may have left".
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  options: ExchangeOptions,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const handler = new ExchangeHandler(options, resolve);
    try {
      dispatcher.dispatch(request, handler);
    } catch {
      handler.fail('connect-failed');
    }
  });
}

/** Follows one request from the queue to the end of its answer. Settles once; whatever comes later is cut off. */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #resolve: (result: Exchange) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.fail('cancelled');
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #mayHaveLeft = false;
  #settled = false;
  #status: number | undefined;
  #retryAfter: string | undefined;
  #date: string | undefined;
  #bytes = 0;

  constructor(options: ExchangeOptions, resolve: (result: Exchange) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#timer = setTimeout(() => this.fail('call-timeout'), Math.max(0, options.timeoutMs));
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal?.aborted === true) {
      this.fail('cancelled');
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) {
      // Timed out or cancelled while it waited for a connection: nothing may leave any more.
      controller.abort(new Error('settled before it was sent'));
    } else if (this.#options.maySend?.() === false) {
      this.fail('send-refused');
    } else {
      this.#mayHaveLeft = true;
    }
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) {
      return;
    }
    this.#status = status;
    this.#retryAfter = toFirst(headers['retry-after']);
    this.#date = toFirst(headers['date']);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.answerBytesMax) {
      this.fail('answer-too-large');
    } else {
      this.#chunks.push(chunk);
    }
  }

  onResponseEnd(): void {
    const status = this.#status;
    if (status === undefined) {
      this.fail('answer-not-http');
      return;
    }
    this.#settle({
      kind: 'answered',
      status,
      ...(this.#retryAfter === undefined ? {} : { retryAfter: this.#retryAfter }),
      ...(this.#date === undefined ? {} : { date: this.#date }),
      body: Buffer.concat(this.#chunks),
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.fail(toLossReason(error, this.#mayHaveLeft));
  }

  /** Ends the exchange without an answer and cuts the connection, should there be one. */
  fail(reason: LossReason): void {
    this.#settle(
      this.#mayHaveLeft
        ? { kind: 'lost', reason, ...(this.#status === undefined ? {} : { status: this.#status }) }
        : { kind: 'notSent', reason },
    );
    this.#controller?.abort(new Error(reason));
  }

  #settle(result: Exchange): void {
    if (this.#settled) {
      return;
    }
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(result);
  }
}

function toFirst(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

const TIMEOUT_CODES = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

function toLossReason(error: Error & { code?: unknown }, mayHaveLeft: boolean): LossReason {
  if (!mayHaveLeft) {
    return 'connect-failed';
  }
  const code = typeof error.code === 'string' ? error.code : '';
  if (TIMEOUT_CODES.has(code)) {
    return 'call-timeout';
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    return 'answer-too-large';
  }
  return code.startsWith('HPE_') ? 'answer-not-http' : 'connection-lost';
}
