import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { eventually, freePort, ServiceProcess } from '@tollgate/testing';
import { join } from 'node:path';
import type { ApprovalRequired, AttemptView, Stats } from '../src/control/control.schema.ts';
import { API_KEY, OPERATOR_TOKEN, temporaryFolder, WEBHOOK_SECRET } from './emulator.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const ATTEMPTS = 100;

let folder: ReturnType<typeof temporaryFolder>;
let receiver: WebhookReceiver;
let service: ServiceProcess;

beforeEach(async () => {
  folder = temporaryFolder();
  receiver = await WebhookReceiver.start();
  const port = await freePort();
  service = new ServiceProcess({
    app: 'sandbox',
    port,
    environment: {
      SANDBOX_PORT: String(port),
      SANDBOX_DATA_FILE: join(folder.path, 'sandbox.db'),
      SANDBOX_WEBHOOK_URL: receiver.url,
      PRIMER_API_KEY: API_KEY,
      PRIMER_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TOLLGATE_OPERATOR_TOKEN: OPERATOR_TOKEN,
    },
  });
  service.start();
  await service.ready();
});

afterEach(async () => {
  await service.stop();
  await receiver.stop();
  folder.remove();
});

async function control<Body>(path: string, body?: object): Promise<Body> {
  const response = await fetch(`${service.url}/_sandbox${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': 'application/json' },
    body: body ? JSON.stringify(body) : null,
  });
  return (await response.json()) as Body;
}

/** The payment id of an approve, or nothing when the answer was lost with the process. */
async function approve(attemptId: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${service.url}/payment-attempts/${attemptId}/approve`, {
      method: 'POST',
      headers: { 'x-api-key': API_KEY, 'x-api-version': '2.4' },
    });
    const answer = (await response.json()) as { merchantPaymentId?: string; error?: { paymentId?: string } };
    return answer.merchantPaymentId ?? answer.error?.paymentId;
  } catch {
    return undefined;
  }
}

it('a kill -9 in the middle of approvals loses no answered payment and no webhook', async () => {
  const order = { amount: 4_200, currencyCode: 'EUR', orderId: 'order-1' };
  const attempts = await Promise.all(
    Array.from(
      { length: ATTEMPTS },
      async () => (await control<ApprovalRequired>('/attempts', order)).paymentAttemptId,
    ),
  );
  const answers = attempts.map(async (attemptId) => [attemptId, await approve(attemptId)] as const);
  await Promise.race(answers);
  await service.kill9();
  const answered = new Map(await Promise.all(answers));
  service.start();
  await service.ready();

  for (const attemptId of attempts) {
    const { paymentId } = await control<AttemptView>(`/attempts/${attemptId}`);
    if (answered.get(attemptId) !== undefined) expect(paymentId).toBe(answered.get(attemptId));
    // Whatever became of the first call, a second one converges on the same payment.
    const converged = await approve(attemptId);
    expect(converged).toBeDefined();
    if (paymentId !== undefined) expect(converged).toBe(paymentId);
  }
  await eventually(async () => {
    const stats = await control<Stats>('/stats');
    expect(stats).toMatchObject({ payments: { total: ATTEMPTS }, webhooks: { PENDING: 0, DELIVERED: ATTEMPTS } });
  });
  expect(new Set(receiver.received.map(({ body }) => body.payment.id)).size).toBe(ATTEMPTS);
});

it('a stop is clean while a webhook hangs, and the webhook is sent again after it', async () => {
  receiver.answer = () => {};
  const { paymentAttemptId } = await control<ApprovalRequired>('/attempts', {
    amount: 1,
    currencyCode: 'EUR',
    orderId: 'order-2',
  });
  await approve(paymentAttemptId);
  await eventually(() => expect(receiver.received).toHaveLength(1));
  expect(await service.stop()).toBe(0);

  receiver.answer = (response) => response.end();
  service.start();
  await service.ready();
  await eventually(async () => expect((await control<Stats>('/stats')).webhooks.DELIVERED).toBe(1));
  expect(receiver.received).toHaveLength(2);
});

it('a start without its settings says which are missing and ends with 78', async () => {
  await service.stop();
  service.start({ PRIMER_API_KEY: '', SANDBOX_DATA_FILE: '' });
  await eventually(() => expect(service.isRunning).toBe(false));
  expect(service.log).toMatch(
    /sandbox.*PRIMER_API_KEY is missing.*SANDBOX_DATA_FILE|SANDBOX_DATA_FILE is missing.*PRIMER_API_KEY/i,
  );
  expect(await service.stop()).toBe(78);
});
