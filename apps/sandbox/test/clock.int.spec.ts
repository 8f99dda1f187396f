import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { Emulator, temporaryFolder } from './emulator.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const HOUR_MS = 3_600_000;

interface ClockAnswer {
  readonly now: string;
  readonly aheadMs: number;
}

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
  return Emulator.start(join(folder.path, 'clock.db'), { webhookUrl: receiver.url });
}

async function advance(advanceMs: number): Promise<ClockAnswer> {
  const { status, body, text } = await emulator.control<ClockAnswer>('POST', '/clock', { advanceMs });
  if (status !== 200) throw new Error(`The clock was not moved: ${status} ${text}`);
  return body;
}

it('moving the clock expires an attempt', async () => {
  const { paymentAttemptId } = await emulator.startAttempt({ ttlSeconds: 60 });
  expect((await advance(61_000)).aheadMs).toBe(61_000);
  expect((await emulator.approve(paymentAttemptId)).status).toBe(410);
});

it('moving the clock makes every retry of a webhook on the way, each at its own time, and answers when they are made', async () => {
  receiver.answer = (response) => response.writeHead(500).end();
  const { paymentAttemptId } = await emulator.startAttempt();
  await emulator.approve(paymentAttemptId);
  await advance(HOUR_MS);
  const [webhook] = await emulator.webhooks(paymentAttemptId);
  expect(webhook).toMatchObject({ state: 'DROPPED', deliveries: { length: 6 } });
  const waits = webhook!.deliveries.map(({ at }) => Date.parse(`${at}Z`)).map((at, n, all) => at - (all[n - 1] ?? at));
  expect(waits.map((ms, n) => ms >= [0, 10, 60, 300, 600, 900][n]! * 1_000)).toEqual(Array(6).fill(true));
  expect(receiver.received).toHaveLength(6);
});

it('dates and signedAt follow the clock, also after a restart', async () => {
  const { now } = await advance(48 * HOUR_MS);
  await emulator.stop();
  emulator = await startEmulator();
  const { paymentAttemptId } = await emulator.startAttempt();
  await emulator.approve(paymentAttemptId);
  await advance(0);
  const { body } = receiver.received[0]!;
  expect(Date.parse(body.date)).toBeGreaterThanOrEqual(Date.parse(now));
  expect(Number(body.signedAt) * 1_000).toBeGreaterThanOrEqual(Math.floor(Date.parse(`${now}Z`) / 1_000) * 1_000);
});

it.each([-1, 0.5, '10', 1e15, undefined])('refuses to move the clock by %j', async (advanceMs) => {
  expect((await emulator.control('POST', '/clock', { advanceMs })).status).toBe(422);
});
