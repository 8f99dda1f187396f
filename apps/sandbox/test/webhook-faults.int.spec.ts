import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { Emulator, temporaryFolder, WEBHOOK_SECRET } from './emulator.ts';
import { type ReceivedWebhook, WebhookReceiver } from './webhook-receiver.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let folder: ReturnType<typeof temporaryFolder>;
let receiver: WebhookReceiver;
let emulator: Emulator;

beforeEach(async () => {
  folder = temporaryFolder();
  receiver = await WebhookReceiver.start();
  emulator = await startEmulator();
});

afterEach(async () => {
  await emulator.stop();
  await receiver.stop();
  folder.remove();
});

async function startEmulator(): Promise<Emulator> {
  return Emulator.start(join(folder.path, 'webhook-faults.db'), { webhookUrl: receiver.url });
}

async function advance(advanceMs = 0): Promise<void> {
  await emulator.control('POST', '/clock', { advanceMs });
}

/** Approves a new attempt whose webhooks are struck by these faults, and waits for what is sent at once. */
async function approveStruck(...faults: object[]): Promise<{ attemptId: string; paymentId: string }> {
  const { paymentAttemptId: attemptId } = await emulator.startAttempt();
  if (faults.length > 0) {
    const named = faults.map((fault) => ({ attemptId, ...fault }));
    expect((await emulator.control('POST', '/faults', named)).status).toBe(201);
  }
  const paymentId = (await emulator.approve(attemptId)).body.merchantPaymentId;
  await advance();
  return { attemptId, paymentId };
}

function isSignedWith(webhook: ReceivedWebhook | undefined, secret: string, which: 'first' | 'second' = 'first') {
  const expected = createHmac('sha256', secret)
    .update(webhook?.rawBody ?? '')
    .digest('base64');
  return (which === 'first' ? webhook?.signature : webhook?.secondSignature) === expected;
}

describe('a webhook that is struck', () => {
  it('arrives several times', async () => {
    const { paymentId } = await approveStruck({ kind: 'WEBHOOK_DUPLICATE', copies: 2, delayMs: MINUTE_MS });
    expect(receiver.received).toHaveLength(1);
    await advance(MINUTE_MS);
    expect(receiver.received.map(({ body }) => body.payment.id)).toEqual([paymentId, paymentId, paymentId]);
  });

  it('arrives late', async () => {
    await approveStruck({ kind: 'WEBHOOK_DELAY', delayMs: HOUR_MS });
    await advance(HOUR_MS - 1_000);
    expect(receiver.received).toHaveLength(0);
    await advance(2_000);
    expect(receiver.received).toHaveLength(1);
  });

  it('never arrives, and the delivery log says so', async () => {
    const { attemptId } = await approveStruck({ kind: 'WEBHOOK_DROP' });
    await advance(24 * HOUR_MS);
    expect(receiver.received).toHaveLength(0);
    expect(await emulator.webhooks(attemptId)).toMatchObject([{ state: 'DROPPED', deliveries: [] }]);
  });

  it('is signed wrongly once, and rightly when it is tried again', async () => {
    receiver.answer = (response) =>
      response.writeHead(isSignedWith(receiver.received.at(-1), WEBHOOK_SECRET) ? 200 : 401).end();
    const { attemptId } = await approveStruck({ kind: 'WEBHOOK_BAD_SIGNATURE' });
    await advance(MINUTE_MS);
    expect(await emulator.webhooks(attemptId)).toMatchObject([
      { state: 'DELIVERED', deliveries: [{ statusCode: 401 }, { statusCode: 200 }] },
    ]);
  });

  it('says that it was signed long ago, under a signature that holds', async () => {
    await approveStruck({ kind: 'WEBHOOK_STALE_SIGNED_AT', ageSeconds: 7_200 });
    const [webhook] = receiver.received;
    const sentAt = Date.parse(`${webhook?.body.date}Z`) / 1_000;
    expect(sentAt - Number(webhook?.body.signedAt)).toBeGreaterThanOrEqual(7_200);
    expect(isSignedWith(webhook, WEBHOOK_SECRET)).toBe(true);
  });

  it('is sent byte for byte again, also after a restart', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    await approveStruck({ kind: 'WEBHOOK_RETRY_UNCHANGED' });
    await emulator.stop();
    emulator = await startEmulator();
    await advance(HOUR_MS);
    const { rawBody, signature } = receiver.received[0]!;
    expect(receiver.received).toHaveLength(6);
    for (const retry of receiver.received) expect(retry).toMatchObject({ rawBody, signature });
  });

  it('is overtaken by the next one of its payment', async () => {
    const { attemptId } = await approveStruck(
      { kind: 'WEBHOOK_REORDER', holdMs: HOUR_MS },
      { kind: 'WEBHOOK_DUPLICATE', delayMs: MINUTE_MS },
    );
    expect(receiver.received).toHaveLength(0);
    await advance(MINUTE_MS);
    const [held, next] = (await emulator.webhooks(attemptId)).map(({ deliveries }) => deliveries[0]?.at ?? 'never');
    expect([next, held]).toEqual([next, held].toSorted());
    expect(receiver.received).toHaveLength(2);
  });

  it('waits no longer than it may for one that never comes', async () => {
    await approveStruck({ kind: 'WEBHOOK_REORDER', holdMs: MINUTE_MS });
    await advance(MINUTE_MS);
    expect(receiver.received).toHaveLength(1);
  });
});

it('a share of all webhooks is struck', async () => {
  await emulator.control('POST', '/faults', [{ kind: 'WEBHOOK_DROP', rate: 0.5, seed: 3 }]);
  for (let attempt = 0; attempt < 40; attempt += 1) await approveStruck();
  const { webhooks } = await emulator.stats();
  expect(webhooks.DELIVERED + webhooks.DROPPED).toBe(40);
  expect(webhooks.DROPPED).toBeGreaterThan(8);
  expect(webhooks.DROPPED).toBeLessThan(32);
});

describe('a rotated secret', () => {
  const NEW_SECRET = 'the-next-webhook-secret';

  it('signs from then on, and for 24 hours the old one does too, also after a restart', async () => {
    expect((await emulator.control('POST', '/webhooks/rotate-secret', { secret: NEW_SECRET })).status).toBe(200);
    await approveStruck();
    await emulator.stop();
    emulator = await startEmulator();
    await advance(23 * HOUR_MS);
    await approveStruck();
    await advance(2 * HOUR_MS);
    await approveStruck();
    expect(receiver.received.map((webhook) => isSignedWith(webhook, NEW_SECRET))).toEqual([true, true, true]);
    expect(receiver.received.map((webhook) => isSignedWith(webhook, WEBHOOK_SECRET, 'second'))).toEqual([
      true,
      true,
      false,
    ]);
    expect(receiver.received.at(-1)?.secondSignature).toBeUndefined();
  });

  it('appears in no answer', async () => {
    const rotated = await emulator.control('POST', '/webhooks/rotate-secret', { secret: NEW_SECRET });
    const refused = await emulator.control('POST', '/webhooks/rotate-secret', { secret: NEW_SECRET, more: true });
    expect(refused.status).toBe(422);
    for (const { text } of [rotated, refused]) expect(text).not.toContain(NEW_SECRET);
  });
});

describe('the list of payments', () => {
  it('lags behind for as long as it is told to, and a read does not', async () => {
    await emulator.control('POST', '/faults', { kind: 'LIST_LAG', lagMs: 60_000 });
    const { paymentId } = await approveStruck();
    const listed = async (): Promise<number> =>
      (await emulator.primer<{ data: object[] }>('GET', '/payments')).body.data.length;
    expect(await listed()).toBe(0);
    expect((await emulator.primer('GET', `/payments/${paymentId}`)).status).toBe(200);
    await advance(61_000);
    expect(await listed()).toBe(1);
  });

  it('lags for one payment and shows the others', async () => {
    const struck = await approveStruck({ kind: 'LIST_LAG', lagMs: 60_000 });
    const other = await approveStruck();
    const { body } = await emulator.primer<{ data: { id: string }[] }>('GET', '/payments');
    expect(body.data.map(({ id }) => id)).toEqual([other.paymentId]);
    expect(struck.paymentId).not.toBe(other.paymentId);
  });

  it.each([0, 60_001])('cannot lag for %d ms', async (lagMs) => {
    expect((await emulator.control('POST', '/faults', { kind: 'LIST_LAG', lagMs })).status).toBe(422);
  });
});
