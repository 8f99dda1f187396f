import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { error, follow, type ScriptedAnswer, send, type StubRequest, StubServer } from './stub-server.ts';

/** What the stub does with one call instead of what Primer would. */
export type ScriptedCall =
  | ScriptedAnswer
  /** Takes the effect once it is let go, and answers then. */
  | { readonly heldUntil: Promise<void> };

/** One call that moves money, as it came in. */
export interface SeenCall {
  readonly verb: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
}

interface StubPayment {
  readonly id: string;
  readonly owner: string;
  readonly orderId: string;
  readonly authorised: number;
  status: string;
  captures: Array<{ amount: number; final: boolean; date: string }>;
  refunds: Array<{ id: string; amount: number; status: string }>;
}

const providerNow = () => new Date().toISOString().replace('Z', '000');

/**
 * A Primer of a test's own for payments: created, captured, cancelled and refunded by its documents' rules, each
 * idempotency key once, with a script of answers for each key that are given before the faithful ones.
 */
export class StubPayments extends StubServer {
  readonly #payments = new Map<string, StubPayment>();
  readonly #keys = new Map<string, string>();
  readonly #usedTokens = new Set<string>();
  readonly #scripts = new Map<string, ScriptedCall[]>();
  readonly seen: SeenCall[] = [];
  /** Payments that cannot be read for now. */
  readonly unreadable = new Set<string>();
  /** Calls that move money of one payment, under way at the same time, at most. */
  atOnceMax = 0;
  readonly #underWay = new Map<string, number>();

  static async start(): Promise<StubPayments> {
    const stub = new StubPayments();
    await stub.listen();
    return stub;
  }

  /** A payment of this owner's Primer key, authorised and nothing more. */
  authorised(owner: string, amount = 4200): string {
    const id = `pay-${randomUUID().slice(0, 8)}`;
    const orderId = `order-of-${id}`;
    this.#payments.set(id, { id, owner, orderId, authorised: amount, status: 'AUTHORIZED', captures: [], refunds: [] });
    return id;
  }

  /** Answers the next calls under this idempotency key in this way, one after the other; then the faithful way. */
  script(key: string, ...answers: ScriptedCall[]): void {
    this.#scripts.set(key, answers);
  }

  /** Calls under this idempotency key. */
  callsOf(key: string): SeenCall[] {
    return this.seen.filter((call) => call.key === key);
  }

  /** Somebody uses the dashboard. */
  actInDashboard(paymentId: string, verb: string, body: Record<string, unknown>): void {
    this.#act(this.#payments.get(paymentId)!, verb, body);
  }

  /** Another system of the merchant creates a payment under this idempotency key. */
  createElsewhere(owner: string, key: string, body: Record<string, unknown>): void {
    this.#create(owner, key, body);
  }

  totals(paymentId: string): { status: string; captured: number; refunded: number } {
    const payment = this.#payments.get(paymentId)!;
    return { status: payment.status, captured: captured(payment), refunded: refunded(payment) };
  }

  ofOrder(orderId: string): string[] {
    return [...this.#payments.values()].filter((one) => one.orderId === orderId).map(({ id }) => id);
  }

  protected override answer({ method, url, headers, body }: StubRequest, response: ServerResponse): void {
    const owner = String(headers['x-api-key']);
    const [, , id = '', verb = 'create'] = url.pathname.split('/');
    const mine = [...this.#payments.values()].filter((one) => one.owner === owner);
    const payment = mine.find((one) => one.id === decodeURIComponent(id));
    if (method === 'GET' && id === '') {
      const listed = this.listIsEmpty ? [] : mine.filter((one) => one.orderId === url.searchParams.get('order_id'));
      send(response, 200, { data: listed.map(toShown), nextCursor: null, prevCursor: null });
    } else if (method === 'GET' && this.unreadable.has(id)) {
      send(response, 503, {});
    } else if (method === 'GET') {
      send(response, payment ? 200 : 400, payment ? toShown(payment) : error('PaymentError'));
    } else {
      const key = String(headers['x-idempotency-key']);
      void this.#call({ verb, key, body }, { owner, payment, id }, response);
    }
  }

  async #call(
    call: SeenCall,
    about: { owner: string; payment: StubPayment | undefined; id: string },
    response: ServerResponse,
  ): Promise<void> {
    this.seen.push(call);
    const atOnce = (this.#underWay.get(about.id) ?? 0) + 1;
    this.#underWay.set(about.id, atOnce);
    this.atOnceMax = about.id === '' ? this.atOnceMax : Math.max(this.atOnceMax, atOnce);
    const scripted = this.#scripts.get(call.key)?.shift();
    if (scripted !== undefined && 'heldUntil' in scripted) {
      await scripted.heldUntil;
    }
    this.#underWay.set(about.id, atOnce - 1);
    const isFaithful = scripted === undefined || 'heldUntil' in scripted;
    const takesEffect = isFaithful || ('effect' in scripted && scripted.effect);
    const faithful = takesEffect ? this.#take(call, about) : undefined;
    follow((isFaithful ? faithful : scripted) ?? { trouble: 'hang' }, response);
  }

  #take(
    { verb, key, body }: SeenCall,
    { owner, payment }: { owner: string; payment: StubPayment | undefined },
  ): { status: number; body: unknown } {
    const known = this.#keys.get(`${owner} ${key}`);
    if (known !== undefined) {
      const facts = { paymentId: known, paymentStatus: this.#payments.get(known)?.status };
      return verb === 'create'
        ? { status: 400, body: error('TransactionRequestIdempotencyKeyAlreadyExists', facts) }
        : { status: 409, body: error('IdempotencyKeyAlreadyExists', facts) };
    }
    if (verb === 'create') {
      return this.#create(owner, key, body);
    }
    if (payment === undefined) {
      return { status: 400, body: error('PaymentError') };
    }
    const refusal = this.#act(payment, verb, body);
    if (refusal !== undefined) {
      return refusal;
    }
    this.#keys.set(`${owner} ${key}`, payment.id);
    return { status: 200, body: toShown(payment) };
  }

  #create(owner: string, key: string, body: Record<string, unknown>): { status: number; body: unknown } {
    const token = String(body['paymentMethodToken']);
    if (this.#usedTokens.has(token)) {
      return { status: 400, body: error('PaymentError') };
    }
    if (!token.startsWith('vaulted')) {
      this.#usedTokens.add(token);
    }
    const id = this.authorised(owner, Number(body['amount']));
    this.#payments.set(id, { ...this.#payments.get(id)!, orderId: String(body['orderId']) });
    this.#keys.set(`${owner} ${key}`, id);
    return { status: 200, body: toShown(this.#payments.get(id)!) };
  }

  #act(
    payment: StubPayment,
    verb: string,
    body: Record<string, unknown>,
  ): { status: number; body: unknown } | undefined {
    const rest = payment.authorised - captured(payment);
    if (verb === 'capture') {
      const amount = Number(body['amount'] ?? rest);
      const final = body['final'] !== false;
      if (payment.status === 'CANCELLED' || amount > rest || payment.captures.some((one) => one.final)) {
        return { status: 400, body: error('InvalidPaymentStatus') };
      }
      payment.captures.push({ amount, final, date: providerNow() });
      payment.status = final || amount === rest ? 'SETTLING' : 'PARTIALLY_SETTLED';
    } else if (verb === 'refund') {
      const left = captured(payment) - refunded(payment);
      const amount = Number(body['amount'] ?? left);
      if (amount > left) {
        return { status: 422, body: error('UnprocessableRefundAmount') };
      }
      payment.refunds.push({ id: randomUUID(), amount, status: 'SETTLED' });
    } else {
      if (payment.status === 'CANCELLED' || captured(payment) > 0) {
        return { status: 400, body: error('InvalidPaymentStatus') };
      }
      payment.status = 'CANCELLED';
    }
    return undefined;
  }
}

function toShown(payment: StubPayment): object {
  const { id, orderId, status, authorised, captures, refunds } = payment;
  const processor = { amountCaptured: captured(payment), amountRefunded: refunded(payment) };
  const capture = captures.map(({ amount, final, date }) => ({ type: 'CAPTURE_SUCCEEDED', amount, final, date }));
  const authorisation = { type: 'AUTHORIZATION_SUCCEEDED', amount: authorised, date: '2026-01-05T10:00:00.000000' };
  return {
    id,
    orderId,
    status,
    date: providerNow(),
    dateUpdated: providerNow(),
    currencyCode: 'EUR',
    amount: captures.length === 0 ? authorised : captured(payment),
    processor: { name: 'STUB', ...processor },
    transactions: [
      {
        processorTransactionId: `sale-${id}`,
        transactionType: 'SALE',
        amount: authorised,
        events: [authorisation, ...capture],
      },
      ...refunds.map((one) => ({
        processorTransactionId: one.id,
        transactionType: 'REFUND',
        processorStatus: one.status,
        amount: one.amount,
      })),
    ],
  };
}

function captured({ captures }: StubPayment): number {
  return captures.reduce((sum, { amount }) => sum + amount, 0);
}

function refunded({ refunds }: StubPayment): number {
  return refunds.reduce((sum, { amount, status }) => (status === 'FAILED' ? sum : sum + amount), 0);
}
