import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Emulator, temporaryFolder } from './emulator.ts';
import { ORDER, type PaymentBody, PaymentsApi } from './payment-api.ts';

const DAY_MS = 24 * 60 * 60_000;

let folder: ReturnType<typeof temporaryFolder>;
let dataFile: string;
let emulator: Emulator;
let api: PaymentsApi;

beforeEach(async () => {
  folder = temporaryFolder();
  dataFile = join(folder.path, 'payments.db');
  await start();
});

afterEach(async () => {
  await emulator.stop();
  folder.remove();
});

async function start(): Promise<void> {
  emulator = await Emulator.start(dataFile);
  api = new PaymentsApi(emulator);
}

/** Stops the emulator, does something to its file, and starts it again. */
async function restart(change: (database: DatabaseSync) => void = () => {}): Promise<void> {
  await emulator.stop();
  const database = new DatabaseSync(dataFile);
  change(database);
  database.close();
  await start();
}

it('tokens, keys, and what is to settle or to be resumed are still known after a restart', async () => {
  const used = await api.token();
  const { body: paid } = await api.create({ ...ORDER, paymentMethodToken: used }, { 'x-idempotency-key': 'first' });
  const fresh = await api.token();
  const captured = await api.captured();
  const challengedToken = await api.token({ cardNumber: '4916994064252017' });
  const waiting = (await api.create({ ...ORDER, paymentMethodToken: challengedToken })).body;
  const challenge = await emulator.control<{ resumeToken: string }>('POST', `/payments/${waiting.id}/challenge`, {});

  await restart();

  expect((await api.create({ ...ORDER, paymentMethodToken: used })).status).toBe(400);
  expect(
    (await api.refused({ ...ORDER, paymentMethodToken: fresh }, { 'x-idempotency-key': 'first' })).body.error.paymentId,
  ).toBe(paid.id);
  expect((await api.create({ ...ORDER, paymentMethodToken: fresh })).status).toBe(200);
  const { resumeToken } = challenge.body;
  expect((await api.operate(waiting.id, 'resume', { resumeToken })).body.status).toBe('AUTHORIZED');
  await emulator.control('POST', '/clock', { advanceMs: 2 * DAY_MS });
  const settled = await emulator.primer<PaymentBody>('GET', `/payments/${captured.id}`);
  expect(settled.body.status).toBe('SETTLED');
});

it('a payment of an older data file, which knows nothing of captures, is captured like any other', async () => {
  const { paymentAttemptId } = await emulator.startAttempt();
  const { merchantPaymentId } = (await emulator.approve(paymentAttemptId)).body;
  const before = (await emulator.primer('GET', `/payments/${merchantPaymentId}`)).body;

  await restart((database) => {
    for (const table of ['settlement', 'pending_refund', 'idempotency_key', 'payment_method_token']) {
      database.exec(`DROP TABLE ${table}`);
    }
    database.exec(
      `UPDATE payment SET document = json_remove(document, '$.processor', '$.threeDSecure', '$.amountAuthorized',
                                                 '$.captureIsFinal', '$.isVaulted')`,
    );
  });

  expect((await emulator.primer('GET', `/payments/${merchantPaymentId}`)).body).toEqual(before);
  expect((await api.operate(merchantPaymentId, 'capture')).body).toMatchObject({
    status: 'SETTLING',
    processor: { name: 'PRIMER_SANDBOX_PROCESSOR', amountCaptured: 4_200 },
  });
});
