import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '@tollgate/testing';
import { join } from 'node:path';
import type { FaultList } from '../src/control/faults.schema.ts';
import { Emulator, OPERATOR_TOKEN, temporaryFolder } from './emulator.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const folder = temporaryFolder();
let receiver: WebhookReceiver;
let emulator: Emulator;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  emulator = await Emulator.start(join(folder.path, 'reset.db'), { webhookUrl: receiver.url });
});

afterAll(async () => {
  await emulator.stop();
  await receiver.stop();
  folder.remove();
});

/** Which of 20 calls a fault by rate strikes. */
async function strikes(): Promise<boolean[]> {
  await emulator.control('POST', '/faults', { kind: 'ANSWER', status: 503, rate: 0.5 });
  const statuses = [];
  for (let call = 0; call < 20; call += 1) statuses.push((await emulator.primer('GET', '/payments')).status);
  return statuses.map((status) => status === 503);
}

it('a reset leaves nothing, and the emulator works on', async () => {
  const { paymentAttemptId } = await emulator.startAttempt();
  const paymentId = (await emulator.approve(paymentAttemptId)).body.merchantPaymentId;
  await emulator.primer('POST', `/payments/${paymentId}/capture`, { body: {} });
  await emulator.control('POST', '/disputes', { paymentId });
  await emulator.control('POST', '/faults', { kind: 'RESET', operations: ['get_payment_by_id'] });
  await emulator.control('POST', '/webhooks/rotate-secret', { secret: 'another-secret' });
  await emulator.control('POST', '/clock', { advanceMs: 3 * 24 * 3_600_000 });

  expect(await emulator.control('POST', '/reset')).toMatchObject({ status: 200, body: { aheadMs: 0, seed: 1 } });
  expect(await emulator.stats()).toMatchObject({
    attempts: { APPROVED: 0 },
    payments: { total: 0 },
    webhooks: { PENDING: 0, DELIVERED: 0 },
  });
  expect((await emulator.control<{ data: object[] }>('GET', '/journal')).body.data).toEqual([]);
  expect((await emulator.control<FaultList>('GET', '/faults')).body.data).toEqual([]);
  expect((await emulator.control<{ data: object[] }>('GET', '/disputes')).body.data).toEqual([]);
  expect((await emulator.primer('GET', `/payments/${paymentId}`)).status).toBe(400);

  const again = await emulator.startAttempt();
  expect((await emulator.approve(again.paymentAttemptId)).status).toBe(200);
  await emulator.control('POST', '/clock', { advanceMs: 0 });
  expect(receiver.received.at(-1)?.secondSignature).toBeUndefined();
  expect((await emulator.stats()).webhooks.DELIVERED).toBe(1);
});

it('a seed repeats the strikes of a rate, and another one does not', async () => {
  const runs = [];
  for (const seed of [42, 42, 43]) {
    await emulator.control('POST', '/reset', { seed });
    runs.push(await strikes());
  }
  expect(runs[1]).toEqual(runs[0]);
  expect(runs[2]).not.toEqual(runs[0]);
});

it.each([
  ['', 200],
  ['{}', 200],
  ['{', 400],
  ['{"seed":"x"}', 422],
  ['{"sead":1}', 422],
])('a reset with the body %j is answered %d', async (rawBody, status) => {
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' };
  expect((await emulator.call('POST', '/_sandbox/reset', { rawBody, headers })).status).toBe(status);
});

it('a call that waits when a reset turns the clock back waits no longer for that', async () => {
  await emulator.control('POST', '/reset');
  await emulator.control('POST', '/clock', { advanceMs: 24 * 3_600_000 });
  await emulator.control('POST', '/faults', { kind: 'HANG' });
  const answer = emulator.primer('GET', '/payments');
  await eventually(async () => {
    expect((await emulator.control<{ data: object[] }>('GET', '/journal')).body.data).toHaveLength(1);
  });
  await emulator.control('POST', '/reset');
  await emulator.control('POST', '/clock', { advanceMs: 91_000 });
  expect((await answer).status).toBe(504);
});

it('a webhook that is on its way during a reset is forgotten, and nothing breaks', async () => {
  await emulator.control('POST', '/reset');
  receiver.received.length = 0;
  let hangUp = (): void => {};
  receiver.answer = (response) => {
    hangUp = () => response.end();
  };
  const { paymentAttemptId } = await emulator.startAttempt();
  await emulator.approve(paymentAttemptId);
  await eventually(() => expect(receiver.received).toHaveLength(1));
  await emulator.control('POST', '/reset');
  hangUp();
  await emulator.control('POST', '/clock', { advanceMs: 1 });
  expect((await emulator.control<{ data: object[] }>('GET', '/journal')).body.data).toEqual([]);
});
