import { expect } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Emulator } from './emulator.ts';
import { ORDER, type PaymentBody, PaymentsApi } from './payment-api.ts';
import {
  type Card,
  CARDS,
  expectCreation,
  expectMove,
  type Move,
  type PaymentModel,
  STATUS_GRAPH,
} from './payment-model.ts';

const TWO_DAYS_MS = 2 * 24 * 60 * 60_000;

interface KeyedCall {
  readonly operation: string;
  readonly body: object;
  readonly key: string;
}

/** One payment at the emulator beside its model, led through one sequence of moves. */
export class PaymentWalk {
  private lastDone: KeyedCall | undefined;
  /** Refunds that will fail once time passes. */
  private failing = 0;
  private calls = 0;

  private constructor(
    private readonly emulator: Emulator,
    private readonly api: PaymentsApi,
    private readonly id: string,
    private model: PaymentModel,
  ) {}

  /** Makes the payment, and asks for it a second time under the same key: refused, whatever became of the first. */
  static async begin(emulator: Emulator, { card, amount }: { card: Card; amount: number }): Promise<PaymentWalk> {
    const api = new PaymentsApi(emulator);
    const paymentMethodToken = await api.token({ cardNumber: CARDS[card] });
    const wish = { ...ORDER, amount, paymentMethodToken, paymentMethod: { authorizationType: 'ESTIMATED' } };
    const headers = { 'x-idempotency-key': `create-${paymentMethodToken}` };
    const made = await api.create(wish, headers);
    expect(made.status).toBe(200);
    expect((await api.refused(wish, headers)).status).toBe(400);
    const walk = new PaymentWalk(emulator, api, made.body.id, expectCreation(card, amount));
    await walk.settleInto(walk.model);
    return walk;
  }

  async make(next: Move): Promise<void> {
    if (next.kind === 'challenge') return this.challenge(next);
    if (next.kind === 'wait') return this.wait();
    if (next.kind === 'repeat') return this.repeat();
    const { answer, after } = expectMove(this.model, next);
    if (next.kind === 'refund' && next.fails) await this.plantFailure();
    const { kind: operation, ...rest } = next;
    const call = { operation, body: bodyOf(rest), key: `${this.id}-${(this.calls += 1)}` };
    expect({ next, status: await this.send(call) }).toEqual({ next, status: answer });
    if (next.kind === 'refund' && next.fails) await this.control('DELETE', '/faults');
    if (answer === 200) {
      this.lastDone = call;
      if (next.kind === 'refund' && next.fails) this.failing += after.refunded - this.model.refunded;
    }
    await this.settleInto(after);
  }

  /** The shopper answers the bank, and the merchant lets the payment go on. */
  private async challenge(next: Move & { kind: 'challenge' }): Promise<void> {
    const { answer, after } = expectMove(this.model, next);
    const asked = await this.emulator.control<{ resumeToken?: string }>('POST', `/payments/${this.id}/challenge`, {
      passed: next.passed,
    });
    expect(asked.status).toBe(answer === 200 ? 200 : 422);
    const resumeToken = asked.body.resumeToken ?? randomUUID();
    expect({ next, status: (await this.api.operate(this.id, 'resume', { resumeToken })).status }).toEqual({
      next,
      status: answer,
    });
    await this.settleInto(after);
  }

  private async wait(): Promise<void> {
    await this.control('POST', '/clock', { advanceMs: TWO_DAYS_MS });
    const { after } = expectMove(this.model, { kind: 'wait' });
    const refunded = after.refunded - this.failing;
    this.failing = 0;
    await this.settleInto({ ...after, refunded });
  }

  /** The same call under the same key: refused as documented, and nothing happens a second time. */
  private async repeat(): Promise<void> {
    if (!this.lastDone) return;
    const { answer, after } = expectMove(this.model, { kind: 'repeat' });
    expect(await this.send(this.lastDone)).toBe(answer);
    await this.settleInto(after);
  }

  private async plantFailure(): Promise<void> {
    await this.control('POST', '/faults', [{ kind: 'REFUND_UNDER_WAY', paymentId: this.id, ends: 'FAILED' }]);
  }

  private async control(method: string, path: string, body?: object): Promise<void> {
    const { status, text } = await this.emulator.control(method, path, body);
    if (status >= 300) throw new Error(`The emulator refused ${path}: ${status} ${text}`);
  }

  private async send({ operation, body, key }: KeyedCall): Promise<number> {
    return (await this.api.operate(this.id, operation, body, { 'x-idempotency-key': key })).status;
  }

  /** Holds the payment against the model, and the model's step against what is always true. */
  private async settleInto(after: PaymentModel): Promise<void> {
    const { body } = await this.emulator.primer<PaymentBody>('GET', `/payments/${this.id}?expand=transactions.events`);
    const { amountCaptured, amountRefunded } = body.processor;
    expect({ status: body.status, captured: amountCaptured, refunded: amountRefunded, amount: body.amount }).toEqual({
      status: after.status,
      captured: after.captured,
      refunded: after.refunded,
      amount: after.captured > 0 ? after.captured : after.authorised,
    });
    const { status } = this.model;
    expect([status, ...STATUS_GRAPH[status]]).toContain(body.status);
    expect(amountCaptured).toBeGreaterThanOrEqual(this.model.captured);
    expect(amountCaptured).toBeLessThanOrEqual(after.authorised);
    expect(amountRefunded).toBeGreaterThanOrEqual(0);
    expect(amountRefunded).toBeLessThanOrEqual(amountCaptured);
    expect(sumOf(body, 'CAPTURE_SUCCEEDED')).toBe(amountCaptured);
    expect(sumOfRefunds(body)).toBe(amountRefunded);
    this.model = after;
  }
}

function bodyOf(wish: object): object {
  return Object.fromEntries(Object.entries(wish).filter(([name, value]) => name !== 'fails' && value !== undefined));
}

function sumOf(body: PaymentBody, type: string): number {
  const events = body.transactions.flatMap((transaction) => transaction.events ?? []);
  return events.filter((event) => event.type === type).reduce((sum, event) => sum + event.amount, 0);
}

function sumOfRefunds(body: PaymentBody): number {
  return body.transactions
    .filter(({ transactionType, processorStatus }) => transactionType === 'REFUND' && processorStatus !== 'FAILED')
    .reduce((sum, refund) => sum + refund.amount, 0);
}
