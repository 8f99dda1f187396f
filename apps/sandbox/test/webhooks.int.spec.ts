import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@tollgate/testing';
import { createHmac } from 'node:crypto';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JournalPage, WebhookPage, WebhookView } from '../src/control/control.schema.ts';
import { Emulator, type EmulatorOptions, temporaryFolder, WEBHOOK_SECRET } from './emulator.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const RETRY_SECONDS = [10, 60, 300, 600, 900];
/** Jitter adds up to a tenth. */
const LONGEST_FACTOR = 1.1;

let folder: ReturnType<typeof temporaryFolder>;
let receiver: WebhookReceiver;
let emulator: Emulator;

beforeEach(async () => {
  folder = temporaryFolder();
  receiver = await WebhookReceiver.start();
  emulator = await startEmulator('webhooks.db');
});

afterEach(async () => {
  await emulator.stop();
  await receiver.stop();
  folder.remove();
});

async function startEmulator(file: string, options: EmulatorOptions = {}): Promise<Emulator> {
  return Emulator.start(join(folder.path, file), { webhookUrl: receiver.url, ...options });
}

async function approveOne(wish: object = {}): Promise<{ attemptId: string; paymentId: string }> {
  const { paymentAttemptId: attemptId } = await emulator.startAttempt(wish);
  return { attemptId, paymentId: (await emulator.approve(attemptId)).body.merchantPaymentId };
}

async function oneWebhook(attemptId: string): Promise<WebhookView> {
  const [webhook] = await emulator.webhooks(attemptId);
  if (!webhook) throw new Error('The attempt has no webhook.');
  return webhook;
}

async function untilTried(attemptId: string, tries: number): Promise<WebhookView> {
  return eventually(async () => {
    const webhook = await oneWebhook(attemptId);
    expect(webhook.deliveries).toHaveLength(tries);
    return webhook;
  });
}

describe('PAYMENT.STATUS', () => {
  it.each([
    ['4111111111111111', 'AUTHORIZED'],
    ['4000000000000002', 'DECLINED'],
    ['4000000000000010', 'FAILED'],
  ])('for card %s tells the merchant once that the payment is %s', async (cardNumber, status) => {
    const { attemptId, paymentId } = await approveOne({ cardNumber });
    expect(await untilTried(attemptId, 1)).toMatchObject({ state: 'DELIVERED', deliveries: [{ statusCode: 200 }] });
    expect(receiver.received).toHaveLength(1);
    expect(receiver.received[0]?.body).toMatchObject({
      eventType: 'PAYMENT.STATUS',
      version: '2.4',
      signedAt: expect.stringMatching(/^\d{10}$/),
      date: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$/),
      notificationConfig: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      payment: { id: paymentId, status },
    });
  });

  it('carries the same payment object that a read answers', async () => {
    const { attemptId, paymentId } = await approveOne();
    await untilTried(attemptId, 1);
    const read = await emulator.primer('GET', `/payments/${paymentId}`);
    expect(receiver.received[0]?.body.payment).toEqual(read.body);
  });

  it('is signed over its raw bytes', async () => {
    const { attemptId } = await approveOne({ orderId: 'order-ö-€' });
    await untilTried(attemptId, 1);
    const { rawBody, signature } = receiver.received[0]!;
    expect(signature).toBe(createHmac('sha256', WEBHOOK_SECRET).update(rawBody).digest('base64'));
  });

  it('is not sent for an attempt that was aborted', async () => {
    const { paymentAttemptId } = await emulator.startAttempt();
    await emulator.abort(paymentAttemptId);
    expect(await emulator.webhooks(paymentAttemptId)).toEqual([]);
  });
});

describe('an undelivered webhook', () => {
  it('is tried again after 10 s, 60 s, 5, 10 and 15 min, signed anew, and then dropped', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    const { attemptId } = await approveOne();
    for (const [index, seconds] of RETRY_SECONDS.entries()) {
      const failed = await untilTried(attemptId, index + 1);
      expect(failed.state).toBe('PENDING');
      const [due, tried] = [failed.dueAt, failed.deliveries.at(-1)!.at].map((at) => Date.parse(`${at}Z`)) as [
        number,
        number,
      ];
      expect(due - tried).toBeGreaterThanOrEqual(seconds * 1_000 - 1);
      expect(due - tried).toBeLessThanOrEqual(seconds * 1_000 * LONGEST_FACTOR + 1);
      emulator.clock.advance(seconds * 1_000 * LONGEST_FACTOR);
    }
    expect(await untilTried(attemptId, 6)).toMatchObject({ state: 'DROPPED' });
    emulator.clock.advance(24 * 3_600_000);
    expect((await emulator.stats()).webhooks).toEqual({ PENDING: 0, SENDING: 0, DELIVERED: 0, DROPPED: 1 });
    expect(new Set(receiver.received.map(({ body }) => body.signedAt)).size).toBe(6);
    expect(new Set(receiver.received.map(({ body }) => JSON.stringify(body.payment))).size).toBe(1);
  });

  it('stays where it is until its time has come', async () => {
    receiver.answer = (response) => response.writeHead(503).end();
    const { attemptId } = await approveOne();
    await untilTried(attemptId, 1);
    emulator.clock.advance(9_000);
    expect((await emulator.stats()).webhooks).toMatchObject({ PENDING: 1, SENDING: 0 });
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ['a redirect', 302],
    ['not found', 404],
    ['an error', 500],
  ])('is one that was answered with %s', async (_name, statusCode) => {
    receiver.answer = (response) => response.writeHead(statusCode, { location: receiver.url }).end();
    const { attemptId } = await approveOne();
    expect(await untilTried(attemptId, 1)).toMatchObject({ state: 'PENDING', deliveries: [{ statusCode }] });
    expect(receiver.received).toHaveLength(1);
  });

  it('is one that was cut off', async () => {
    receiver.answer = (response) => response.socket?.destroy();
    const { attemptId } = await approveOne();
    expect(await untilTried(attemptId, 1)).toMatchObject({
      state: 'PENDING',
      deliveries: [{ statusCode: null, error: 'UND_ERR_SOCKET' }],
    });
  });

  it('is one that was not answered in time', async () => {
    await emulator.stop();
    emulator = await startEmulator('impatient.db', { webhookTimeoutMs: 50 });
    receiver.answer = () => {};
    const { attemptId } = await approveOne();
    expect(await untilTried(attemptId, 1)).toMatchObject({ deliveries: [{ statusCode: null, error: 'TIMEOUT' }] });
  });

  it('is delivered by a retry', async () => {
    receiver.answer = (response) => response.writeHead(receiver.received.length > 1 ? 204 : 500).end();
    const { attemptId } = await approveOne();
    await untilTried(attemptId, 1);
    emulator.clock.advance(11_000);
    expect(await untilTried(attemptId, 2)).toMatchObject({ state: 'DELIVERED' });
  });

  it('survives a clean restart', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    const { attemptId } = await approveOne();
    await untilTried(attemptId, 1);
    await emulator.stop();
    receiver.answer = (response) => response.end();
    emulator.clock.advance(11_000);
    emulator = await startEmulator('webhooks.db', { clock: emulator.clock });
    expect(await untilTried(attemptId, 2)).toMatchObject({ state: 'DELIVERED' });
  });

  it('survives a crash in the middle of its delivery', async () => {
    receiver.answer = () => {};
    const { attemptId, paymentId } = await approveOne();
    await eventually(() => expect(receiver.received).toHaveLength(1));
    // What a killed process leaves behind is what its files hold at that moment.
    const [from, to] = ['webhooks.db', 'crashed.db'].map((name) => join(folder.path, name)) as [string, string];
    for (const suffix of ['', '-wal']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix);
    receiver.answer = (response) => response.end();
    const successor = await startEmulator('crashed.db', { clock: emulator.clock });
    try {
      await eventually(async () => expect((await successor.stats()).webhooks.DELIVERED).toBe(1));
      expect(await successor.attempt(attemptId)).toMatchObject({ approvalStatus: 'APPROVED', paymentId });
      expect((await successor.approve(attemptId)).status).toBe(409);
      expect(receiver.received.map(({ body }) => body.payment.id)).toEqual([paymentId, paymentId]);
    } finally {
      await successor.stop();
    }
  });
});

describe('a webhook on demand', () => {
  it('is late by as much as the attempt asked for', async () => {
    const { attemptId } = await approveOne({ webhook: { delayMs: 30_000 } });
    expect((await oneWebhook(attemptId)).deliveries).toEqual([]);
    emulator.clock.advance(31_000);
    await untilTried(attemptId, 1);
  });

  it('is duplicated as often as the attempt asked for', async () => {
    const { attemptId, paymentId } = await approveOne({ webhook: { duplicates: 2 } });
    await eventually(async () =>
      expect((await emulator.webhooks(attemptId)).map(({ state }) => state)).toEqual(Array(3).fill('DELIVERED')),
    );
    expect(receiver.received.map(({ body }) => body.payment.id)).toEqual([paymentId, paymentId, paymentId]);
  });

  it('is sent once more when an operator asks', async () => {
    const { attemptId } = await approveOne();
    const { webhookId } = await untilTried(attemptId, 1);
    const copy = await emulator.control<WebhookView>('POST', `/webhooks/${webhookId}/redeliver`);
    expect(copy).toMatchObject({ status: 202, body: { state: 'PENDING', attemptId } });
    await eventually(async () => {
      const states = (await emulator.webhooks(attemptId)).map(({ state }) => state);
      expect(states).toEqual(['DELIVERED', 'DELIVERED']);
    });
    expect(receiver.received).toHaveLength(2);
  });

  it('that nobody knows cannot be sent again', async () => {
    expect((await emulator.control('POST', '/webhooks/4711/redeliver')).status).toBe(404);
    expect((await emulator.control('POST', '/webhooks/none/redeliver')).status).toBe(422);
  });
});

it('every delivery stands in the journal, after the payment that it tells of', async () => {
  const { attemptId, paymentId } = await approveOne();
  await untilTried(attemptId, 1);
  const entries: JournalPage['data'] = await emulator.journal(attemptId);
  expect(entries.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'EFFECT ATTEMPT_CREATED',
    'REQUEST approve_payment_attempt',
    'EFFECT PAYMENT_CREATED',
    'EFFECT ATTEMPT_APPROVED',
    'WEBHOOK PAYMENT.STATUS',
  ]);
  expect(entries.at(-1)).toMatchObject({ paymentId, facts: { try: 1, state: 'DELIVERED', statusCode: 200 } });
});

it('hundreds of webhooks arrive, each once, when the merchant is slow', async () => {
  receiver.answer = (response) => void setImmediate(() => response.end());
  const attempts = await Promise.all(Array.from({ length: 200 }, async () => approveOne()));
  await eventually(async () => expect((await emulator.stats()).webhooks.DELIVERED).toBe(200));
  expect(receiver.received.map(({ body }) => body.payment.id).toSorted()).toEqual(
    attempts.map(({ paymentId }) => paymentId).toSorted(),
  );
  const page = await emulator.control<WebhookPage>('GET', '/webhooks?limit=150');
  expect(page.body.data).toHaveLength(150);
  const rest = await emulator.control<WebhookPage>('GET', `/webhooks?limit=150&cursor=${page.body.nextCursor}`);
  expect(rest.body).toMatchObject({ data: { length: 50 }, nextCursor: null });
});
