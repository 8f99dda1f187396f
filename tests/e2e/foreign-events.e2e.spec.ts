import { randomUUID } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { AttemptTokenised, PaymentStatusReported, deadLetterTopicName, topicName } from '@tollgate/contracts';
import type { Topic } from '@tollgate/contracts';
import {
  checkInvariants,
  eventually,
  foreignRecord,
  startStack,
  testRecords,
  tokenisedAttempt,
} from '@tollgate/testing';
import type { TestRecord } from '@tollgate/testing';

const stack = await startStack(import.meta.url);
const kafka = await testRecords(stack.topics);
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
  await kafka.send(fullName('attempts'), foreignRecord(AttemptTokenised, data));

  await eventually(async () => expect((await stack.shop.find(data.paymentAttemptId)).body.status).toBe('APPROVED'), {
    timeoutMs: 30_000,
  });
  accepted.push({ attemptId: data.paymentAttemptId });
});

const attempt = foreignRecord(AttemptTokenised, tokenisedAttempt());
const ofUnknownType = { ...attempt.headers, ce_type: 'tollgate.attempt.unheard-of.v1' };
const statusReport = { ...attempt.headers, ce_type: PaymentStatusReported.type };

it.each<[what: string, topic: Topic, consumers: string[], record: TestRecord, code: string]>([
  ['is not JSON', 'attempts', ['intake', 'risk'], { ...attempt, value: '{"merchantId":' }, 'RECORD_NOT_JSON'],
  ['does not fit', 'attempts', ['intake', 'risk'], { ...attempt, value: '{"merchantId":7}' }, 'RECORD_SCHEMA_INVALID'],
  ['has another key', 'attempts', ['intake', 'risk'], { ...attempt, key: 'another' }, 'RECORD_KEY_INVALID'],
  ['is of no known type', 'attempts', ['intake', 'risk'], { ...attempt, headers: ofUnknownType }, 'EVENT_TYPE_UNKNOWN'],
  ['has no envelope', 'attempts', ['intake', 'risk'], { ...attempt, headers: {} }, 'RECORD_ENVELOPE_INVALID'],
  [
    'does not fit',
    'payment-statuses',
    ['ledger', 'gateway', 'risk'],
    { key: 'payment-1', value: '{}', headers: statusReport },
    'RECORD_SCHEMA_INVALID',
  ],
])('a record that %s (on %s) becomes a dead letter of each consumer, with its reason', async (...row) => {
  const [, topic, consumers, { key, value, headers }, code] = row;
  const eventId = headers.ce_id === undefined ? undefined : randomUUID();
  await kafka.send(fullName(topic), { key, value, headers: { ...headers, ...(eventId && { ce_id: eventId }) } });

  for (const consumer of consumers) {
    const letter = await eventually(
      async () => {
        const letters = await kafka.read(deadLetterTopicName(fullName(topic), consumer));
        return expectDefined(letters.find((each) => each.headers.ce_id === eventId));
      },
      { timeoutMs: 30_000, intervalMs: 200 },
    );
    expect(letter.value).toBe(value);
    expect(letter.headers['tollgate-dead-letter-code']).toBe(code);
    expect(letter.headers['tollgate-dead-letter-reason']).not.toBe('');
    expectedDeadLetters.push(eventId === undefined ? { code } : { code, eventId });
  }
});

it('the partitions move on behind them', async () => {
  const outcome = await stack.shop.buy();
  accepted.push({ attemptId: outcome.paymentAttemptId, toldOutcome: outcome.status });

  expect(outcome.status).toBe('APPROVED');
});

it('every invariant holds, and the dead letters are exactly these', async () => {
  expect(await checkInvariants(stack, { accepted, expectedDeadLetters })).toEqual([]);
}, 90_000);

function fullName(topic: Topic): string {
  return topicName(topic, stack.topics.prefix);
}

function expectDefined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there');
  return value;
}
