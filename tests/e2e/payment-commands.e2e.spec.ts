import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PaymentCommandAnswer } from '@tollgate/contracts';
import { sampleId, startStack, TEST_CARDS } from '@tollgate/testing';

/**
 * Payment commands at the real emulator, each kind under each fault that a call can meet: lost, refused, hanging,
 * garbled, with the effect and without.
 */
const stack = await startStack(import.meta.url, {
  running: ['gateway', 'sandbox'],
  environmentOf: { gateway: { GATEWAY_REPEAT_AFTER_MS: '300', GATEWAY_RETRY_PAUSE_MS: '50' } },
});

const FAULTS = {
  'no fault': undefined,
  'an answer that is lost': { kind: 'LOST_ANSWER' },
  'a connection that is reset': { kind: 'RESET' },
  'a server error after the effect': { kind: 'ANSWER', status: 503, afterEffect: true },
  'a server error without the effect': { kind: 'ANSWER', status: 500 },
  'too many requests': { kind: 'ANSWER', status: 429, retryAfterSeconds: 0 },
  'a call that hangs after its effect': { kind: 'HANG', holdMs: 200, afterEffect: true },
  'a body that cannot be read': { kind: 'MALFORMED_BODY' },
} as const;
type FaultName = keyof typeof FAULTS;
const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

interface EmulatedPayment {
  readonly id: string;
  readonly status: string;
  readonly processor: { readonly amountCaptured: number; readonly amountRefunded: number };
}

async function strike(fault: FaultName, operation: string, target: object): Promise<void> {
  const definition = FAULTS[fault];
  if (definition === undefined) return;
  const answer = await stack.ask('sandbox', '/_sandbox/faults', {
    body: [{ ...definition, ...target, operations: [operation], times: 1 }],
  });
  expect(answer.status).toBeLessThan(300);
}

async function command(path: string, commandId: string, body: object): Promise<PaymentCommandAnswer> {
  const answer = await stack.ask<PaymentCommandAnswer>('gateway', `/v1/payments${path}`, {
    token: stack.credentials.intakeApiKey,
    headers: { 'idempotency-key': commandId, prefer: 'wait=30' },
    body,
  });
  expect({ path, status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  return answer.body;
}

async function create(fault: FaultName, orderId = sampleId('order')): Promise<string> {
  const { body } = await stack.ask<{ token: string }>('sandbox', '/_sandbox/tokens', {
    body: { cardNumber: TEST_CARDS.authorised },
  });
  await strike(fault, 'create_payment', { orderId });
  const order = { orderId, amount: 4_200, currencyCode: 'EUR' };
  const { status, paymentId } = await command('', sampleId('create'), { paymentMethodToken: body.token, ...order });
  expect({ fault, status }).toEqual({ fault, status: 'DONE' });
  return paymentId ?? '';
}

async function readPayment(paymentId: string): Promise<EmulatedPayment> {
  const headers = { 'x-api-key': stack.credentials.primerApiKey, 'x-api-version': '2.4' };
  return (await stack.ask<EmulatedPayment>('sandbox', `/payments/${paymentId}`, { headers })).body;
}

async function paymentsOf(orderId: string): Promise<string[]> {
  const headers = { 'x-api-key': stack.credentials.primerApiKey, 'x-api-version': '2.4' };
  const { body } = await stack.ask<{ data: EmulatedPayment[] }>('sandbox', `/payments?order_id=${orderId}`, {
    headers,
  });
  return body.data.map(({ id }) => id);
}

describe('a payment command has one effect at the provider', () => {
  let payments: ReadonlyMap<FaultName, string>;

  beforeAll(async () => {
    payments = new Map(
      await Promise.all(
        FAULT_NAMES.map(async (fault) => {
          const orderId = sampleId('order');
          const paymentId = await create(fault, orderId);
          expect({ fault, payments: await paymentsOf(orderId) }).toEqual({ fault, payments: [paymentId] });
          return [fault, paymentId] as const;
        }),
      ),
    );
  }, 60_000);

  it('when it captures and refunds a part, whatever becomes of the answer', async () => {
    await Promise.all(
      [...payments].map(async ([fault, paymentId]) => {
        await strike(fault, 'capture_payment', { paymentId });
        await command(`/${paymentId}/capture`, sampleId('capture'), { amount: 3_000, final: false });
        await strike(fault, 'refund_payment', { paymentId });
        await command(`/${paymentId}/refund`, sampleId('refund'), { amount: 1_000, orderId: sampleId('return') });
        const { processor } = await readPayment(paymentId);
        expect({ fault, ...processor }).toMatchObject({ fault, amountCaptured: 3_000, amountRefunded: 1_000 });
      }),
    );
  }, 60_000);

  it('when it cancels, and nothing can be captured then', async () => {
    await Promise.all(
      FAULT_NAMES.map(async (fault) => {
        const paymentId = await create('no fault');
        await strike(fault, 'cancel_payment', { paymentId });
        await command(`/${paymentId}/cancel`, sampleId('cancel'), { reason: 'out of stock' });
        expect({ fault, ...(await readPayment(paymentId)) }).toMatchObject({ fault, status: 'CANCELLED' });
        const late = await stack.ask('gateway', `/v1/payments/${paymentId}/capture`, {
          token: stack.credentials.intakeApiKey,
          headers: { 'idempotency-key': sampleId('capture') },
          body: {},
        });
        expect(late).toMatchObject({ status: 422, body: { facts: { reason: 'not-capturable' } } });
      }),
    );
  }, 60_000);
});
