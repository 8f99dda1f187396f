import { sampleId, TEST_CARDS } from '@tollgate/testing';
import type { Random, Stack } from '@tollgate/testing';

const DAY_MS = 24 * 60 * 60 * 1_000;

export interface NewPayment {
  cardNumber?: string;
  /** Minor units of EUR. */
  amount?: number;
  authorizationType?: 'ESTIMATED' | 'FINAL';
}

/** Works payments straight at the emulator, as a merchant without a gate would, and plays the shopper's bank. */
export class PaymentTerminal {
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** A payment with a token of its own: authorised over 42.00 EUR unless told otherwise. @returns its id */
  async pay(wish: NewPayment = {}): Promise<string> {
    const { cardNumber = TEST_CARDS.authorised, amount = 4_200, authorizationType = 'FINAL' } = wish;
    const { token } = await this.control<{ token: string }>('tokens', { cardNumber });
    const { status, body } = await this.#call<{ id: string }>('/payments', {
      paymentMethodToken: token,
      amount,
      currencyCode: 'EUR',
      orderId: sampleId('order'),
      paymentMethod: { authorizationType },
    });
    if (status !== 200) throw new Error(`the emulator answered ${status} to a payment: ${JSON.stringify(body)}`);
    return body.id;
  }

  /** Captures, cancels, refunds, adjusts. @throws Error when it is refused */
  async work(paymentId: string, operation: string, body: object = {}): Promise<void> {
    const answer = await this.#call(`/payments/${paymentId}/${operation}`, body);
    if (answer.status !== 200) {
      throw new Error(`the emulator answered ${answer.status} to ${operation}: ${JSON.stringify(answer.body)}`);
    }
  }

  /** The same, where being refused is part of life. */
  async try(paymentId: string, operation: string, body: object = {}): Promise<void> {
    await this.#call(`/payments/${paymentId}/${operation}`, body);
  }

  /** Opens a dispute and leads it through these statuses. */
  async dispute(paymentId: string, statuses: readonly string[], parts: object = {}): Promise<void> {
    const { disputeId } = await this.control<{ disputeId: string }>('disputes', { paymentId, ...parts });
    for (const status of statuses) await this.control(`disputes/${disputeId}`, { status });
  }

  /** Moves the emulator's clock; what falls due on the way is done when it answers. */
  async moveClock(days: number): Promise<void> {
    await this.control('clock', { advanceMs: days * DAY_MS });
  }

  /** @throws Error when the control route refuses */
  async control<Body = unknown>(route: string, body: object): Promise<Body> {
    const answer = await this.#stack.ask<Body>('sandbox', `/_sandbox/${route}`, { body });
    if (answer.status >= 300) throw new Error(`_sandbox/${route} answered ${answer.status}`);
    return answer.body;
  }

  #call<Body = unknown>(path: string, body: object) {
    const headers = { 'x-api-key': this.#stack.credentials.primerApiKey, 'x-api-version': '2.4' };
    return this.#stack.ask<Body>('sandbox', path, { headers, body });
  }
}

/** One payment's life by chance: some steps, in any order, of which the provider refuses what cannot be. */
export async function liveByChance(terminal: PaymentTerminal, random: Random): Promise<void> {
  const authorizationType = random.pick(['ESTIMATED', 'FINAL'] as const);
  const cardNumber = random.chance(0.1) ? TEST_CARDS.declined : TEST_CARDS.authorised;
  const paymentId = await terminal.pay({ amount: random.integer(0, 40) * 100, cardNumber, authorizationType });
  const steps = random.integer(0, 5);
  for (let step = 0; step < steps; step += 1) {
    const amount = random.integer(1, 30) * 100;
    const [operation, body] = random.pick<[string, object]>([
      ['capture', { amount, final: false }],
      ['capture', { amount, final: random.chance(0.5) }],
      ['capture', {}],
      ['cancel', {}],
      ['refund', { amount, orderId: sampleId('return') }],
      ['refund', {}],
      ['adjust-authorization', { amount }],
    ]);
    await terminal.try(paymentId, operation, body);
  }
}
