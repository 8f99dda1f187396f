import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@tollgate/testing';
import { join } from 'node:path';
import { Emulator, temporaryFolder } from './emulator.ts';
import { type PaymentBody, PaymentsApi } from './payment-api.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

interface Told {
  readonly eventType: string;
  readonly requestAmount?: number;
  readonly payment: PaymentBody;
}

const folder = temporaryFolder();
let receiver: WebhookReceiver;
let emulator: Emulator;
let api: PaymentsApi;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  emulator = await Emulator.start(join(folder.path, 'told.db'), { webhookUrl: receiver.url });
  api = new PaymentsApi(emulator);
});

afterAll(async () => {
  await emulator.stop();
  await receiver.stop();
  folder.remove();
});

/** What was told of a payment, once it is as much as expected. */
async function toldOf(id: string, count: number): Promise<Told[]> {
  return eventually(async () => {
    const told = receiver.received
      .map(({ rawBody }) => JSON.parse(rawBody) as Told)
      .filter(({ payment }) => payment.id === id);
    expect(told).toHaveLength(count);
    return told;
  });
}

async function plant(fault: object): Promise<void> {
  expect((await emulator.control('POST', '/faults', [fault])).status).toBe(201);
}

it('every step of a payment is told: its statuses, its refund, and each try that the processor refused', async () => {
  const { id } = await api.authorised();
  await api.operate(id, 'capture', { amount: 5_000 });
  await api.operate(id, 'capture', { amount: 4_200 });
  await api.operate(id, 'cancel');
  await emulator.control('POST', '/clock', { advanceMs: 2 * 24 * 60 * 60_000 });
  await api.operate(id, 'refund', { amount: 200 });
  const told = await toldOf(id, 6);
  expect(told.map(({ eventType, payment }) => `${eventType} ${payment.status ?? ''}`).toSorted()).toEqual([
    'PAYMENT.CANCELLATION.FAILED ',
    'PAYMENT.CAPTURE.FAILED ',
    'PAYMENT.REFUND SETTLED',
    'PAYMENT.STATUS AUTHORIZED',
    'PAYMENT.STATUS SETTLED',
    'PAYMENT.STATUS SETTLING',
  ]);
  expect(told.find(({ eventType }) => eventType === 'PAYMENT.CAPTURE.FAILED')).toMatchObject({ requestAmount: 5_000 });
});

it('a processor that is told to refuse refuses: 400, a webhook, and the payment is what it was', async () => {
  const before = await api.authorised();
  await plant({ kind: 'PROCESSOR_REFUSES', paymentId: before.id });
  expect((await api.operate(before.id, 'capture', { amount: 700 })).status).toBe(400);
  expect((await emulator.primer('GET', `/payments/${before.id}`)).body).toEqual(before);
  expect((await toldOf(before.id, 2)).map(({ eventType }) => eventType).toSorted()).toEqual([
    'PAYMENT.CAPTURE.FAILED',
    'PAYMENT.STATUS',
  ]);
  expect((await api.operate(before.id, 'capture', { amount: 700 })).status).toBe(200);
});

it.each([
  ['SETTLED', 4_200],
  ['FAILED', 0],
])('a refund under way that ends %s leaves %i refunded, and is told when it ends', async (ends, amountRefunded) => {
  const { id } = await api.captured();
  await plant({ kind: 'REFUND_UNDER_WAY', paymentId: id, ends, endsAfterMs: 60_000 });
  expect((await api.operate(id, 'refund')).body).toMatchObject({
    processor: { amountRefunded: 4_200 },
    transactions: [{}, { transactionType: 'REFUND', processorStatus: 'PENDING' }],
  });
  await toldOf(id, 2);
  await emulator.control('POST', '/clock', { advanceMs: 60_000 });
  const refund = (await toldOf(id, 3)).find(({ eventType }) => eventType === 'PAYMENT.REFUND');
  expect(refund?.payment).toMatchObject({
    processor: { amountRefunded },
    transactions: [{}, { transactionType: 'REFUND', processorStatus: ends }],
  });
});
