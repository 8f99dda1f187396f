import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { join } from 'node:path';
import { Emulator, temporaryFolder } from './emulator.ts';
import { type PaymentBody, PaymentsApi } from './payment-api.ts';
import { expectMove, type Move, type PaymentModel, STATUS_GRAPH } from './payment-model.ts';

const AUTHORISED = 1_000;
const TWO_DAYS_MS = 2 * 24 * 60 * 60_000;
const RUNS = 40;
const MOVES_MAX = 12;

const folder = temporaryFolder();
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'model.db'));
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

const amount = fc.option(fc.oneof(fc.nat(AUTHORISED + 200), fc.constantFrom(0, 400, 600, AUTHORISED)), {
  nil: undefined,
});

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('capture' as const), amount, final: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('refund' as const), amount, fails: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('adjust-authorization' as const),
      amount: fc.integer({ min: 1, max: 2_000 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const) }) },
);

interface KeyedCall {
  readonly operation: string;
  readonly body: object;
  readonly key: string;
}

/** One payment at the emulator beside its model, led through one sequence of moves. */
class Walk {
  private model: PaymentModel = { status: 'AUTHORIZED', authorised: AUTHORISED, captured: 0, refunded: 0 };
  private lastDone: KeyedCall | undefined;
  /** Refunds that will fail once time passes. */
  private failing = 0;
  private calls = 0;

  constructor(private readonly id: string) {}

  async make(next: Move): Promise<void> {
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
    const { status, text } = await emulator.control(method, path, body);
    if (status >= 300) throw new Error(`The emulator refused ${path}: ${status} ${text}`);
  }

  private async send({ operation, body, key }: KeyedCall): Promise<number> {
    return (await api.operate(this.id, operation, body, { 'x-idempotency-key': key })).status;
  }

  /** Holds the payment against the model, and the model's step against what is always true. */
  private async settleInto(after: PaymentModel): Promise<void> {
    const { body } = await emulator.primer<PaymentBody>('GET', `/payments/${this.id}?expand=transactions.events`);
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

it('whatever a merchant asks of a payment, in whatever order, its life is the documented one and its amounts add up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(move, { maxLength: MOVES_MAX }), async (moves) => {
      const { id } = await api.authorised({ amount: AUTHORISED, paymentMethod: { authorizationType: 'ESTIMATED' } });
      const walk = new Walk(id);
      for (const next of moves) await walk.make(next);
    }),
    { numRuns: RUNS },
  );
});
