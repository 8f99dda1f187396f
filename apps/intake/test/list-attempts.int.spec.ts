import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AttemptListAnswer, AttemptConcluded, AttemptTokenised, topicName } from '@tollgate/contracts';
import {
  concludedAttempt,
  eventually,
  foreignRecord,
  sampleId,
  testDatabase,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import {
  attemptBody,
  type IntakeService,
  OPERATOR_TOKEN,
  prepareIntake,
  SHOPS,
  startIntake,
  stopIntake,
} from './intake-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let intake: IntakeService;

beforeAll(async () => {
  intake = await startIntake(await prepareIntake(database, topics));
}, 60_000);
afterAll(() => stopIntake(intake));

async function list(query: string, token?: string): Promise<AttemptListAnswer> {
  const answer = await intake.ask<AttemptListAnswer>(`/v1/attempts?${query}`, token === undefined ? {} : { token });
  expect(answer.status).toBe(200);
  return answer.body;
}

/** Posts one attempt after another, and resolves to their ids, the newest first. */
async function post(count: number, order: Record<string, unknown>, token: string = SHOPS.one.key): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const body = attemptBody();
    await intake.ask('/v1/attempts', { token, body: { ...body, order: { ...body.order, ...order } } });
    ids.unshift(body.paymentAttemptId);
  }
  return ids;
}

const idsOf = ({ data }: AttemptListAnswer): string[] => data.map(({ paymentAttemptId }) => paymentAttemptId);

describe('attempts are found', () => {
  it('by their order or their customer, the newest first, page after page', async () => {
    const [orderId, customerId] = [sampleId('order'), sampleId('customer')];
    const ids = await post(3, { orderId, customerId });

    expect(idsOf(await list(`orderId=${orderId}`))).toEqual(ids);
    const first = await list(`customerId=${customerId}&limit=2`);
    const second = await list(`customerId=${customerId}&limit=2&cursor=${first.nextCursor}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    expect(first.data[0]).toMatchObject({
      merchantId: SHOPS.one.merchantId,
      status: 'RECEIVED',
      order: { orderId, amount: { amountMinor: '4200', currency: 'EUR' } },
      customerId,
    });
    expect(idsOf(await list('limit=3'))).toEqual(ids);
  });

  it('by a shop among its own alone, by the operator among all', async () => {
    const orderId = sampleId('order');
    const [own] = await post(1, { orderId });
    const [foreign] = await post(1, { orderId }, SHOPS.two.key);

    expect(idsOf(await list(`orderId=${orderId}&merchantId=${SHOPS.two.merchantId}`))).toEqual([own]);
    expect(idsOf(await list(`orderId=${orderId}`, OPERATOR_TOKEN))).toEqual([foreign, own]);
    expect(idsOf(await list(`orderId=${orderId}&merchantId=${SHOPS.one.merchantId}`, OPERATOR_TOKEN))).toEqual([own]);
  });

  it('by their customer and once in the list of all, also when their outcome was heard before they were', async () => {
    const attempt = tokenisedAttempt({ merchantId: SHOPS.one.merchantId, paymentAttemptId: randomUUID() });
    const customerId = sampleId('customer');
    const announced = { ...attempt, order: { ...attempt.order, customerId } };
    await records.send(
      topicName('outcomes', topics.prefix),
      foreignRecord(AttemptConcluded, concludedAttempt(attempt)),
    );
    await eventually(async () => {
      expect(idsOf(await list(`orderId=${attempt.order.orderId}`))).toEqual([attempt.paymentAttemptId]);
    });
    await records.send(topicName('attempts', topics.prefix), foreignRecord(AttemptTokenised, announced));
    await eventually(async () => {
      expect(idsOf(await list(`customerId=${customerId}`))).toEqual([attempt.paymentAttemptId]);
    });
    expect(idsOf(await list('limit=100')).filter((id) => id === attempt.paymentAttemptId)).toHaveLength(1);
  });

  it.each(['cursor=x', 'limit=0', 'limit=101', 'orderId=a&customerId=b', 'orderId='])('not with %s', async (query) => {
    expect((await intake.ask(`/v1/attempts?${query}`)).status).toBe(422);
  });
});
