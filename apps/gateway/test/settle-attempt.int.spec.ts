import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import { GatewayStage } from './gateway-stage.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let stage: GatewayStage;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
  await stage.start();
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

describe('a decision', () => {
  it('to approve is carried out once and its payment is announced', async () => {
    const attempt = stage.attempt();
    await stage.decide(attempt);
    await stage.reaches(attempt, 'APPROVED');
    const [payment] = stage.primer.payments(attempt.order.orderId);
    expect(await stage.concluded(attempt)).toMatchObject({
      outcome: 'APPROVED',
      paymentId: payment?.id,
      charged: 'yes',
      retryable: false,
      shopperCode: 'APPROVED',
    });
    expect(stage.primer.calls(attempt.paymentAttemptId)).toEqual(['approve']);
  });
});
