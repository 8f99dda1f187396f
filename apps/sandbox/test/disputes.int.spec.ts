import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { DisputeList, DisputeView } from '../src/disputes/dispute.schema.ts';
import { Emulator, temporaryFolder } from './emulator.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const DAY_MS = 24 * 3_600_000;

const folder = temporaryFolder();
let receiver: WebhookReceiver;
let emulator: Emulator;
let paymentId: string;

beforeAll(async () => {
  receiver = await WebhookReceiver.start();
  emulator = await Emulator.start(join(folder.path, 'disputes.db'), { webhookUrl: receiver.url });
});

afterAll(async () => {
  await emulator.stop();
  await receiver.stop();
  folder.remove();
});

beforeEach(async () => {
  const { paymentAttemptId } = await emulator.startAttempt({ amount: 4_200, currencyCode: 'EUR' });
  paymentId = (await emulator.approve(paymentAttemptId)).body.merchantPaymentId;
  await emulator.primer('POST', `/payments/${paymentId}/capture`, { body: {} });
  await advance();
  receiver.received.length = 0;
});

async function advance(advanceMs = 0): Promise<void> {
  await emulator.control('POST', '/clock', { advanceMs });
}

async function open(wish: object = {}): Promise<DisputeView> {
  const answer = await emulator.control<DisputeView>('POST', '/disputes', { paymentId, ...wish });
  expect(answer.status).toBe(201);
  return answer.body;
}

async function move(disputeId: string, to: object): Promise<number> {
  return (await emulator.control('POST', `/disputes/${disputeId}`, to)).status;
}

function toldOf(disputeId: string): Record<string, unknown>[] {
  return receiver.received
    .map(({ body }) => body as unknown as Record<string, unknown>)
    .filter((body) => body['processorDisputeId'] === disputeId);
}

describe('a dispute', () => {
  it('is told by DISPUTE.OPENED and DISPUTE.STATUS, flat and in the documented fields', async () => {
    const { disputeId } = await open({ amount: 4_000, reasonCode: '4837' });
    await advance();
    const told = toldOf(disputeId);
    expect(told.find(({ eventType }) => eventType === 'DISPUTE.OPENED')).toEqual({
      eventType: 'DISPUTE.OPENED',
      version: '2.4',
      primerAccountId: expect.any(String),
      processorId: 'PRIMER_SANDBOX_PROCESSOR',
      processorDisputeId: disputeId,
      paymentId,
      transactionId: expect.any(String),
      orderId: 'order-1',
    });
    expect(told.find(({ eventType }) => eventType === 'DISPUTE.STATUS')).toMatchObject({
      type: 'DISPUTE',
      status: 'OPEN',
      paymentId,
      paymentMethod: { paymentMethodType: 'PAYMENT_CARD', paymentMethodData: { network: 'VISA' } },
      receivedAt: expect.stringMatching(/Z$/),
      challengeRequiredBy: expect.stringMatching(/Z$/),
      reasonCode: '4837',
      amount: 4_000,
      currency: 'EUR',
    });
    expect(told).toHaveLength(2);
  });

  it('is told of at each move, and refuses moves that are none', async () => {
    const { disputeId } = await open();
    expect(await move(disputeId, { status: 'CHALLENGED' })).toBe(200);
    expect(await move(disputeId, { status: 'EXPIRED' })).toBe(422);
    expect(await move(disputeId, { status: 'LOST' })).toBe(200);
    expect(await move(disputeId, { status: 'OPEN', type: 'PREARBITRATION' })).toBe(200);
    await advance();
    const statuses = toldOf(disputeId).filter(({ eventType }) => eventType === 'DISPUTE.STATUS');
    expect(statuses.map(({ type, status }) => [type, status].join(' ')).toSorted()).toEqual([
      'DISPUTE CHALLENGED',
      'DISPUTE LOST',
      'DISPUTE OPEN',
      'PREARBITRATION OPEN',
    ]);
    expect((await emulator.control<DisputeList>('GET', `/disputes?paymentId=${paymentId}`)).body.data).toMatchObject([
      { disputeId, type: 'PREARBITRATION', status: 'OPEN' },
    ]);
  });

  it('expires when nobody challenges it in time', async () => {
    const { disputeId } = await open();
    await advance(15 * DAY_MS);
    expect(toldOf(disputeId).at(-1)).toMatchObject({ status: 'EXPIRED' });
  });

  it('is refused for a payment that nobody made or that moved no money', async () => {
    const { paymentAttemptId } = await emulator.startAttempt();
    const authorised = (await emulator.approve(paymentAttemptId)).body.merchantPaymentId;
    expect((await emulator.control('POST', '/disputes', { paymentId: authorised })).status).toBe(422);
    expect((await emulator.control('POST', '/disputes', { paymentId: 'nobodys' })).status).toBe(404);
    expect(await move('dispute-nobodys', { status: 'WON' })).toBe(404);
  });
});
