import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { CannotPrepare } from './answer.types.ts';

/** One try of a webhook, as it came in. */
export interface Delivery {
  readonly body: Buffer;
  readonly signature: string | undefined;
}

/** More than any webhook has. Bytes. */
const BODY_BYTES_MAX = 1_048_576;

/** Takes the server's webhooks in, to see how it repeats one that was refused. */
export class WebhookListener {
  readonly #server: Server;
  readonly #deliveries = new Map<string, Delivery[]>();
  readonly #waiting = new Set<() => void>();
  #refusesFirst = false;

  private constructor(server: Server) {
    this.#server = server;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#take(request).then((status) => response.writeHead(status).end());
    });
  }

  /** Listens on this machine alone; a tunnel may lead there. */
  static async start(port: number): Promise<WebhookListener> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new WebhookListener(server);
  }

  /** From now on, or no longer, the first webhook of each payment is answered 500. */
  refuseFirst(refuses: boolean): void {
    this.#refusesFirst = refuses;
  }

  /** @throws CannotPrepare when so many tries of a payment's webhooks have not come in time */
  async waitFor(paymentId: string, count: number, timeoutMs: number): Promise<readonly Delivery[]> {
    const timedOut = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const deliveries = this.#deliveries.get(paymentId) ?? [];
      if (deliveries.length >= count) return deliveries;
      if (timedOut.aborted) throw new CannotPrepare(`${deliveries.length} webhooks came instead of ${count}`);
      await this.#nextDeliveryOr(timedOut);
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** @returns the status to answer with */
  async #take(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) return 413;
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks);
    const paymentId = toPaymentId(body);
    if (paymentId === undefined) return 200;
    const signature = request.headers['x-signature-primary'];
    const earlier = this.#deliveries.get(paymentId) ?? [];
    this.#deliveries.set(paymentId, [
      ...earlier,
      { body, signature: typeof signature === 'string' ? signature : undefined },
    ]);
    for (const wake of this.#waiting) wake();
    return this.#refusesFirst && earlier.length === 0 ? 500 : 200;
  }

  async #nextDeliveryOr(timedOut: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    timedOut.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    this.#waiting.delete(resolve);
  }
}

function toPaymentId(body: Buffer): string | undefined {
  try {
    const { payment } = JSON.parse(body.toString('utf8')) as { readonly payment?: { readonly id?: string } };
    return payment?.id;
  } catch {
    return undefined; // The provider's test message is no business of ours.
  }
}
