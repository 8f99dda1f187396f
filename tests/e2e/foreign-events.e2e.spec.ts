import { randomUUID } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { AttemptTokenised, PaymentStatusReported, topicName } from '@tollgate/contracts';
import type { Topic } from '@tollgate/contracts';
import { checkInvariants, eventually, publishRaw, readTopics, startStack, tokenisedAttempt } from '@tollgate/testing';

const stack = await startStack(import.meta.url);
const { brokers, prefix } = stack.topics;
const accepted: { attemptId: string; toldOutcome?: string }[] = [];
const expectedDeadLetters: { code: string; eventId?: string }[] = [];

it('an attempt that another producer publishes straight to the topic is adopted and decided like any other', async () => {
  const { body } = await stack.shop.beginCheckout();
  const data = tokenisedAttempt({
    merchantId: stack.credentials.merchantId,
    paymentAttemptId: body.paymentAttemptId,
    clientSessionId: body.clientSessionId,
    order: { orderId: String(body.order.orderId), amountMinor: '4200', currency: 'EUR' },
    clocks: undefined,
  });
  await publish('attempts', JSON.stringify(data), { key: data.paymentAttemptId, type: AttemptTokenised.type });

  await eventually(async () => expect((await stack.shop.find(data.paymentAttemptId)).body.status).toBe('APPROVED'), {
    timeoutMs: 30_000,
  });
  accepted.push({ attemptId: data.paymentAttemptId });
});

it.each<[what: string, topic: Topic, consumers: number, value: () => string, type: string, code: string]>([
  ['is not JSON', 'attempts', 2, () => '{"merchantId":', AttemptTokenised.type, 'RECORD_NOT_JSON'],
  [
    'does not fit its schema',
    'attempts',
    2,
    () => JSON.stringify({ merchantId: 7 }),
    AttemptTokenised.type,
    'RECORD_SCHEMA_INVALID',
  ],
  ['is of an unknown type', 'attempts', 2, () => '{}', 'tollgate.attempt.unheard-of.v1', 'EVENT_TYPE_UNKNOWN'],
  ['does not fit its schema', 'payment-statuses', 1, () => '{}', PaymentStatusReported.type, 'RECORD_SCHEMA_INVALID'],
])('a record that %s (on %s) lands in the dead letters of each consumer, with its reason', async (...row) => {
  const [, topic, consumers, value, type, code] = row;
  const eventId = await publish(topic, value(), { key: randomUUID(), type });

  const letters = await eventually(
    async () => {
      const all = await readTopics(brokers, `${prefix}.${topic}.v1.`);
      const own = all.filter(({ headers }) => headers.ce_id === eventId);
      expect(own.length).toBeGreaterThanOrEqual(consumers);
      return own;
    },
    { timeoutMs: 30_000, intervalMs: 500 },
  );
  for (const { headers } of letters) {
    expect(headers['tollgate-dead-letter-code']).toBe(code);
    expect(headers['tollgate-dead-letter-reason']).not.toBe('');
    expectedDeadLetters.push({ code, eventId });
  }
});

it('a record without CloudEvents headers lands in the dead letters, and its partition moves on', async () => {
  await publishRaw(brokers, topicName('attempts', prefix), [{ key: randomUUID(), value: '{}' }]);
  const letters = await eventually(
    async () => {
      const all = await readTopics(brokers, `${prefix}.attempts.v1.`);
      const own = all.filter(({ headers }) => headers.ce_id === undefined);
      expect(own.length).toBeGreaterThanOrEqual(2);
      return own;
    },
    { timeoutMs: 30_000, intervalMs: 500 },
  );
  for (const { headers } of letters) {
    expect(headers['tollgate-dead-letter-code']).toBe('RECORD_ENVELOPE_INVALID');
    expectedDeadLetters.push({ code: 'RECORD_ENVELOPE_INVALID' });
  }

  const outcome = await stack.shop.buy();
  accepted.push({ attemptId: outcome.paymentAttemptId, toldOutcome: outcome.status });
  expect(outcome.status).toBe('APPROVED');
});

it('every invariant holds, and the dead letters are exactly these', async () => {
  expect(await checkInvariants(stack, { accepted, expectedDeadLetters })).toEqual([]);
}, 90_000);

async function publish(topic: Topic, value: string, { key, type }: { key: string; type: string }): Promise<string> {
  const eventId = randomUUID();
  const headers = {
    ce_specversion: '1.0',
    ce_id: eventId,
    ce_type: type,
    ce_source: 'https://shop.example/checkout',
    ce_time: new Date().toISOString(),
    ce_subject: key,
    'content-type': 'application/json',
  };
  await publishRaw(brokers, topicName(topic, prefix), [{ key, value, headers }]);
  return eventId;
}
