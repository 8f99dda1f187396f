import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  AttemptConcluded,
  AttemptTokenised,
  type AttemptTokenisedData,
  backtestAnswer,
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
import { decisionsAbout, draftRuleSet, prepareRisk, type RiskService, startRisk } from './risk-service.ts';

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

async function backtest(version: string, source: 'decisions' | 'topic') {
  const asked = await risk.ask('POST', '/v1/backtests', { body: { version, source } });
  const { id } = backtestAnswer.parse(asked.body);
  return eventually(
    async () => {
      const answer = backtestAnswer.parse((await risk.ask('GET', `/v1/backtests/${id}`)).body);
      expect(answer).toMatchObject({ source, problem: null, status: 'done' });
      return answer.result!;
    },
    { timeoutMs: 30_000, intervalMs: 100 },
  );
}

const clocksFrom = (receivedAt: Date) => {
  const after = (ms: number) => new Date(receivedAt.getTime() + ms).toISOString();
  return { receivedAt: after(0), decideBy: after(75_000), approveBy: after(82_000), expiresAt: after(900_000) };
};

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

it('tells a backtest what became of the attempts that a rule would have stopped, and nothing of the others', async () => {
  const [kept, disputed, declined, refused, open] = ['kept', 'disputed', 'declined', 'refused', 'open'].map(attemptOf);
  const rule = { name: 'tested', when: 'order.amountMinor == 4200', then: 'abort', reason: 'amount-limit' };
  const names = [kept!, disputed!, declined!, refused!, open!].map(({ order }) => order.customerId);
  const document = {
    name: 'candidate',
    parameters: { tested: names },
    rules: [{ ...rule, when: `customer.id in parameters.tested && ${rule.when}` }],
    default: { then: 'approve', reason: 'no-rule-matched' },
  };
  const { version } = await draftRuleSet(risk, document);
  for (const attempt of [kept!, disputed!, declined!, refused!, open!]) await decide(attempt);
  const payments = { kept: sampleId('payment'), disputed: sampleId('payment'), declined: sampleId('payment') };
  await conclude(kept!, payments.kept);
  await conclude(disputed!, payments.disputed);
  await conclude(declined!, payments.declined);
  await records.send(
    topicName(AttemptConcluded.topic, topics.prefix),
    foreignRecord(AttemptConcluded, concludedAttempt(refused!, { outcome: 'ABORTED' })),
  );
  await report(kept!, payments.kept, {});
  await report(disputed!, payments.disputed, {});
  await dispute(disputed!, payments.disputed);
  await report(declined!, payments.declined, { status: 'DECLINED' });
  await eventually(async () => {
    expect(await fateOf(kept!)).toMatchObject({ authorised: true });
    expect(await fateOf(disputed!)).toMatchObject({ disputed: true });
    expect(await fateOf(declined!)).toMatchObject({ declined: true });
    expect(await fateOf(refused!)).toMatchObject({ outcome: 'ABORTED' });
  });

  const { rules, decisions } = await backtest(version, 'decisions');
  const sum = (attempts: number) => ({ attempts, amounts: attempts === 0 ? {} : { EUR: `${attempts * 4200}` } });
  const fate = { known: 3, kept: sum(1), declined: sum(1), refunded: sum(0), disputed: sum(1) };
  expect(rules).toEqual([
    { rule: 'tested', then: 'abort', hits: 5, errors: 0, fate: { ...fate, right: 2, rightAmounts: { EUR: '8400' } } },
  ]);
  expect(decisions).toContainEqual({ from: 'APPROVE', to: 'ABORT', ...sum(5), fate });
});

it('counts velocities anew on the topic that nobody counted at the time, and the others as they were', async () => {
  const when = 'customer.id == "replayed" && velocity.minute > limits.minute';
  const document = {
    name: 'recounting',
    velocity: [
      { name: 'minute', by: 'customer', windowSeconds: 59, limit: 1, whenUnknown: 'ignore' },
      { name: 'asLive', by: 'customer', windowSeconds: 600, limit: 20, whenUnknown: 'ignore' },
    ],
    rules: [{ name: 'one-a-minute', when, then: 'abort', reason: 'velocity-exceeded' }],
    default: { then: 'approve', reason: 'no-rule-matched' },
  };
  const { version } = await draftRuleSet(risk, document);
  const receivedAt = Date.now();
  const attempts = [0, 58_999, 59_000, 118_000].map((ms) => ({
    ...attemptOf('replayed'),
    clocks: clocksFrom(new Date(receivedAt - 200_000 + ms)),
  }));
  for (const attempt of attempts) await decide(attempt);

  const [onDecisions, onTopic] = [await backtest(version, 'decisions'), await backtest(version, 'topic')];
  expect(onDecisions.rules).toMatchObject([{ hits: 0, errors: onDecisions.attempts }]);
  expect(onTopic.rules).toMatchObject([{ hits: 2, errors: 0 }]);
  expect(onTopic.attempts).toBe(onDecisions.attempts);
  expect(onTopic.replay).toMatchObject({ counted: onTopic.attempts, leftOut: 0, compared: onTopic.attempts });
  expect(onTopic.replay?.same).toBe(onTopic.replay?.compared);
  const aborted = onTopic.examples.filter(({ to }) => to === 'ABORT').map(({ paymentAttemptId }) => paymentAttemptId);
  expect(aborted.toSorted()).toEqual([attempts[1]!, attempts[2]!].map((each) => each.paymentAttemptId).toSorted());
});
