import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  AttemptConcluded,
  AttemptTokenised,
  type AttemptTokenisedData,
  PaymentDisputeReported,
  PaymentStatusReported,
  type PaymentSnapshot,
  topicName,
} from '@tollgate/contracts';
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
import { CreditPendingJob } from '../src/fates/credit-pending.job.ts';
import { decisionsAbout, prepareRisk, type RiskService, startRisk } from './risk-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let risk: RiskService;

beforeAll(async () => {
  risk = await startRisk(await prepareRisk(database, topics));
}, 90_000);

afterAll(async () => {
  await risk?.app.close();
});

const attemptOf = (customerId: string): AttemptTokenisedData =>
  tokenisedAttempt({
    order: { orderId: sampleId('order'), amountMinor: '4200', currency: 'EUR', customerId },
    paymentMethod: { analyticsId: `card-of-${customerId}`, network: 'VISA', bin: '411111', last4: '1111' },
  });

async function decide(attempt: AttemptTokenisedData): Promise<Readonly<Record<string, unknown>>> {
  await records.send(topicName(AttemptTokenised.topic, topics.prefix), foreignRecord(AttemptTokenised, attempt));
  return (await decisionsAbout(records, topics, [attempt]))[0]!.evaluation!.features;
}

const conclude = (attempt: AttemptTokenisedData, paymentId: string) =>
  records.send(
    topicName(AttemptConcluded.topic, topics.prefix),
    foreignRecord(AttemptConcluded, concludedAttempt(attempt, { paymentId })),
  );

const report = (attempt: AttemptTokenisedData, paymentId: string, snapshot: Partial<PaymentSnapshot>) =>
  records.send(
    topicName(PaymentStatusReported.topic, topics.prefix),
    foreignRecord(PaymentStatusReported, {
      ...{ merchantId: attempt.merchantId, paymentId, evidenceId: sampleId('evidence'), origin: 'webhook' as const },
      ...{ reportedAs: 'PAYMENT.STATUS', receivedAt: new Date().toISOString() },
      snapshot: { paymentId, status: 'SETTLED', amountMinor: '4200', currency: 'EUR', transactions: [], ...snapshot },
    }),
  );

const dispute = (attempt: AttemptTokenisedData, paymentId: string) =>
  records.send(
    topicName(PaymentDisputeReported.topic, topics.prefix),
    foreignRecord(PaymentDisputeReported, {
      ...{ merchantId: attempt.merchantId, evidenceId: sampleId('evidence'), reportedAs: 'DISPUTE.OPENED' },
      receivedAt: new Date().toISOString(),
      dispute: { processor: 'p', processorDisputeId: sampleId('dispute'), paymentId, type: 'DISPUTE', status: 'OPEN' },
    }),
  );

const fateOf = async (attempt: AttemptTokenisedData) =>
  (
    await database.query(
      `SELECT * FROM ${database.schema}_risk.attempt_fates WHERE attempt_id = '${attempt.paymentAttemptId}'`,
    )
  )[0];

it('remembers of a card and a customer what became of earlier attempts, in whatever order and however often it is told', async () => {
  const customers = ['told-in-order', 'told-backwards'];
  const features: unknown[] = [];
  for (const customer of customers) {
    const first = attemptOf(customer);
    expect(await decide(first)).toMatchObject({
      ...{ 'history.customerApproved': 0, 'history.customerAgeSeconds': 0, 'history.cardMismatched': [] },
    });
    const paymentId = sampleId('payment');
    const news = [
      () => conclude(first, paymentId),
      () => report(first, paymentId, { card: { bin: '411111', last4: '4444', network: 'Visa' } }),
      () => report(first, paymentId, { amountRefundedMinor: '100' }),
      () => report(first, paymentId, { amountRefundedMinor: '200' }),
      () => dispute(first, paymentId),
    ];
    for (const tell of customer === 'told-in-order' ? news : news.toReversed()) await tell();
    await eventually(async () => {
      expect(await fateOf(first)).toMatchObject({ outcome: 'APPROVED', refunded: true, disputed: true });
    });
    const seen = await decide(attemptOf(customer));
    features.push(Object.fromEntries(Object.entries(seen).filter(([name]) => /^history.*[^s]$/.test(name))));
  }
  expect(features[0]).toMatchObject({
    ...{ 'history.cardApproved': 1, 'history.cardRefunded': 1, 'history.cardDisputed': 1, 'history.cardDeclined': 0 },
    ...{ 'history.customerApproved': 1, 'history.customerMismatched': ['last4'] },
  });
  expect(features[1]).toEqual(features[0]);
});

it('remembers an outcome that came before the decision', async () => {
  const early = attemptOf('early');
  await conclude(early, sampleId('payment'));
  await eventually(async () => {
    expect(await fateOf(early)).toBeDefined();
  });
  await decide(early);
  await risk.app.get(CreditPendingJob).credit();
  expect(await decide(attemptOf('early'))).toMatchObject({ 'history.customerApproved': 1 });
});
