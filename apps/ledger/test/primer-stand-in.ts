import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A payment in the provider's words, as far as the tests need them. */
export interface ProviderPayment {
  readonly id: string;
  readonly status: string;
  readonly dateUpdated?: string;
  readonly [field: string]: unknown;
}

/** The key of the merchant whose list shows payments; to any other key it shows none. */
export const PRIMER_KEY = 'primer-key-of-a-test';

/** Plays Primer's two reads, from memory. It shows what it is given and can be taken away. */
export class PrimerStandIn {
  readonly payments = new Map<string, ProviderPayment>();
  /** Payments read one by one, in order. */
  readonly reads: string[] = [];
  /** Payments that its list does not show. */
  readonly unlisted = new Set<string>();
  /** Payments that it will not show, and the status it says so with. */
  readonly refused = new Map<string, number>();
  isAway = false;
  /** Payments whose reads are never answered. */
  readonly hanging = new Set<string>();
  /** Reads that hang at this moment. */
  hangingNow = 0;
  /** What its list shows beside payments. */
  strangeEntries: unknown[] = [];
  /** Payments that the next answer of its list shows, and no later one. */
  readonly listedOnce = new Set<string>();
  private readonly server = createServer((request, response) => {
    this.answer(new URL(request.url ?? '/', 'http://primer'), request.headers['x-api-key'], response);
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => {
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => {
      this.server.close(resolve);
    });
  }

  private answer(url: URL, apiKey: unknown, response: ServerResponse): void {
    const [, , paymentId] = url.pathname.split('/');
    if (this.isAway) {
      send(response, 503, { error: { errorId: 'Away', description: 'away' } });
    } else if (paymentId === undefined) {
      send(response, 200, apiKey === PRIMER_KEY ? this.list(url.searchParams) : { data: [], nextCursor: null });
    } else if (this.hanging.has(paymentId)) {
      this.hangingNow += 1;
      response.once('close', () => (this.hangingNow -= 1));
    } else {
      this.reads.push(paymentId);
      const payment = this.payments.get(paymentId);
      const unknown = { error: { errorId: 'PaymentNotFound', description: 'no such payment' } };
      const refusedWith = this.refused.get(paymentId) ?? 404;
      send(response, payment === undefined ? refusedWith : 200, payment ?? unknown);
    }
  }

  private list(asked: URLSearchParams): object {
    const listed = [...this.payments.values()].filter((payment) => !this.unlisted.has(payment.id));
    const entries = [...this.strangeEntries, ...listed];
    const [from, limit] = [Number(asked.get('cursor') ?? 0), Number(asked.get('limit') ?? 100)];
    const data = entries.slice(from, from + limit);
    for (const paymentId of this.listedOnce) {
      if (data.some((entry) => (entry as Partial<ProviderPayment>).id === paymentId)) this.unlisted.add(paymentId);
    }
    return { data, nextCursor: from + limit < entries.length ? String(from + limit) : null };
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
