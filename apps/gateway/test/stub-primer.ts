import type { ServerResponse } from 'node:http';
import type { AttemptTokenisedData } from '@tollgate/contracts';
import { error, follow, type ScriptedAnswer, send, type StubRequest, StubServer } from './stub-server.ts';

/** What the stub does with one call instead of what Primer would. */
export type Scripted = ScriptedAnswer;

type Verb = 'approve' | 'abort';

interface Attempt {
  state: 'REQUIRES_APPROVAL' | 'APPROVED' | 'ABORTED';
  paymentId?: string;
  readonly about: AttemptTokenisedData;
}

interface Payment {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** An error answer as Primer documents it. */
export function refused(status: number, errorId: string, more: object = {}): Scripted {
  return { status, body: error(errorId, more) };
}

/**
 * A Primer of a test's own: attempts that may be approved or aborted once, payments, and a script of answers for each
 * attempt and verb that are given before the faithful ones.
 */
export class StubPrimer extends StubServer {
  readonly #attempts = new Map<string, Attempt>();
  readonly #payments = new Map<string, Payment>();
  readonly #scripts = new Map<string, Scripted[]>();
  readonly #calls = new Map<string, Array<{ verb: Verb; reason?: string; at: number }>>();
  /** Set to answer 503 to everything. */
  isAway = false;
  /** Bodies that sessions were made with. */
  readonly sessions: object[] = [];
  /** Told in the answer to the next session that is made. */
  nextSessionId: string | undefined;

  static async start(): Promise<StubPrimer> {
    const stub = new StubPrimer();
    await stub.listen();
    return stub;
  }

  /** The attempt exists and awaits approval. */
  know(about: AttemptTokenisedData): void {
    this.#attempts.set(about.paymentAttemptId, { state: 'REQUIRES_APPROVAL', about });
  }

  /** Answers the next calls of this attempt in this way, one after the other; then the faithful way again. */
  script(attemptId: string, verb: Verb, ...answers: Scripted[]): void {
    this.#scripts.set(`${verb} ${attemptId}`, answers);
  }

  /** What was called, in order: `approve`, `abort:<reason>`. */
  calls(attemptId: string): string[] {
    return (this.#calls.get(attemptId) ?? []).map(({ verb, reason }) =>
      reason === undefined ? verb : `${verb}:${reason}`,
    );
  }

  /** When the calls of this verb came in; Unix milliseconds. */
  callTimes(attemptId: string, verb: Verb): number[] {
    return (this.#calls.get(attemptId) ?? []).filter((call) => call.verb === verb).map(({ at }) => at);
  }

  /** Payments of an order. */
  payments(orderId: string): Payment[] {
    return [...this.#payments.values()].filter((payment) => payment['orderId'] === orderId);
  }

  /** Somebody approves or aborts behind the gateway's back. */
  actBehindTheBack(attemptId: string, verb: Verb, overrides: object = {}): string | undefined {
    this.#take(attemptId, verb, overrides);
    return this.#attempts.get(attemptId)?.paymentId;
  }

  protected override answer({ url, body }: StubRequest, response: ServerResponse): void {
    const [, resource, id = '', verb] = url.pathname.split('/');
    if (this.isAway) {
      send(response, 503, error('ServiceUnavailable'));
    } else if (resource === 'client-session') {
      this.sessions.push(body);
      send(response, 200, { ...body, clientToken: 'token', id: this.nextSessionId, warnings: [] });
      this.nextSessionId = undefined;
    } else if (resource === 'payment-attempts') {
      this.#call(id, verb as Verb, body['reason'] as string | undefined, response);
    } else if (verb !== undefined) {
      // Payments are there to be read only: what they can be commanded is another stub's.
      send(response, 400, error('InvalidPaymentStatus'));
    } else if (id !== '') {
      const payment = this.#payments.get(id);
      send(response, payment === undefined ? 404 : 200, payment ?? error('PaymentNotFound'));
    } else {
      const data = this.listIsEmpty ? [] : this.payments(url.searchParams.get('order_id') ?? '');
      send(response, 200, { data, nextCursor: null, prevCursor: null });
    }
  }

  #call(attemptId: string, verb: Verb, reason: string | undefined, response: ServerResponse): void {
    const calls = this.#calls.get(attemptId) ?? [];
    calls.push({ verb, at: Date.now(), ...(reason === undefined ? {} : { reason }) });
    this.#calls.set(attemptId, calls);
    const scripted = this.#scripts.get(`${verb} ${attemptId}`)?.shift();
    const takesEffect = scripted === undefined || ('effect' in scripted && scripted.effect === true);
    const faithful = takesEffect ? this.#take(attemptId, verb) : undefined;
    follow(scripted ?? faithful ?? { trouble: 'hang' }, response);
  }

  #take(attemptId: string, verb: Verb, overrides: object = {}): { status: number; body: unknown } {
    const attempt = this.#attempts.get(attemptId);
    if (attempt === undefined) return { status: 404, body: error('PaymentAttemptNotFound') };
    if (verb === 'abort') {
      if (attempt.state !== 'REQUIRES_APPROVAL') return { status: 409, body: error('InvalidPaymentAttemptTransition') };
      attempt.state = 'ABORTED';
      return { status: 200, body: { paymentAttemptId: attemptId } };
    }
    if (attempt.state === 'ABORTED') return { status: 409, body: error('InvalidPaymentAttemptTransition') };
    if (attempt.paymentId !== undefined) {
      return { status: 409, body: error('IdempotencyKeyAlreadyExists', { paymentId: attempt.paymentId }) };
    }
    attempt.state = 'APPROVED';
    attempt.paymentId = `pay-${attemptId.slice(0, 8)}`;
    this.#pay(attempt.paymentId, attempt.about, overrides);
    return { status: 200, body: { paymentAttemptId: attemptId, merchantPaymentId: attempt.paymentId } };
  }

  #pay(id: string, { order, paymentMethod }: AttemptTokenisedData, overrides: object): void {
    const now = new Date().toISOString().replace('Z', '000');
    this.#payments.set(id, {
      id,
      date: now,
      dateUpdated: now,
      status: 'AUTHORIZED',
      orderId: order.orderId,
      currencyCode: order.currency,
      amount: Number(order.amountMinor),
      paymentMethod: { analyticsId: paymentMethod.analyticsId },
      processor: { name: 'STUB', amountCaptured: 0, amountRefunded: 0 },
      transactions: [],
      ...overrides,
    });
  }
}
