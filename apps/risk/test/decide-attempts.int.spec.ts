import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AttemptTokenised,
  type AttemptTokenisedData,
  DEFAULT_CLOCKS,
  deadLetterTopicName,
  deriveClocks,
  topicName,
} from '@tollgate/contracts';
import { DEAD_LETTER_HEADERS } from '@tollgate/messaging';
import {
  eventually,
  foreignRecord,
  testDatabase,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import { evaluate, toRuleEvaluation } from '../src/rule-sets/evaluation.policy.ts';
import { loadRuleSet } from '../src/rule-sets/rule-set.store.ts';
import { decisionsAbout, prepareRisk, type RiskService, startRisk } from './risk-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const attemptsTopic = topicName(AttemptTokenised.topic, topics.prefix);
let environment: Record<string, string>;
let risk: RiskService;

beforeAll(async () => {
  environment = await prepareRisk(database, topics);
  risk = await startRisk(environment);
}, 60_000);

afterAll(async () => {
  await risk?.app.close();
});

const announce = (...attempts: AttemptTokenisedData[]) =>
  records.send(attemptsTopic, ...attempts.map((attempt) => foreignRecord(AttemptTokenised, attempt)));
const decisionOf = async (attempt: AttemptTokenisedData) => (await decisionsAbout(records, topics, [attempt]))[0]!;

async function deadLetterOf(key: string): Promise<Readonly<Record<string, string>>> {
  return eventually(
    async () => {
      const letters = await records.read(deadLetterTopicName(attemptsTopic, 'risk'));
      const found = letters.find((letter) => letter.key === key);
      expect(found).toBeDefined();
      return found!.headers;
    },
    { timeoutMs: 40_000, intervalMs: 200 },
  );
}

describe('an attempt', () => {
  it('is approved when no rule hits, with the evaluation that can be made again from the record alone', async () => {
    const attempt = tokenisedAttempt();
    await announce(attempt);
    const decision = await decisionOf(attempt);
    expect(decision).toMatchObject({
      decision: 'APPROVE',
      source: 'rules',
      reason: 'no-rule-matched',
      clientSessionId: attempt.clientSessionId,
      order: { orderId: attempt.order.orderId, amountMinor: '4200', currency: 'EUR' },
      clocks: attempt.clocks,
    });
    const ruleSet = loadRuleSet(environment['RULESET_FILE']!);
    const { features, version } = decision.evaluation!;
    expect(version).toBe(ruleSet.version);
    const again = evaluate(ruleSet, features as Parameters<typeof evaluate>[1]);
    expect(again).toMatchObject({ decision: decision.decision, reason: decision.reason });
    expect(JSON.stringify(toRuleEvaluation(ruleSet, features as Parameters<typeof evaluate>[1], again))).toBe(
      JSON.stringify(decision.evaluation),
    );
  });

  it('is aborted by an amount over the limit, and an operator can read by which rule and on what', async () => {
    const attempt = tokenisedAttempt({ order: { orderId: 'large', amountMinor: '1000001', currency: 'EUR' } });
    await announce(attempt);
    expect(await decisionOf(attempt)).toMatchObject({ decision: 'ABORT', reason: 'amount-limit' });
    const { status, body } = await risk.ask('GET', `/v1/decisions/${attempt.paymentAttemptId}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      decision: 'ABORT',
      order: { orderId: 'large', amount: { amountMinor: '1000001', currency: 'EUR' } },
      evaluation: { hits: [{ rule: 'amount-over-limit' }], features: { 'customer.id': null } },
    });
  });

  it('announced without clocks gets those that run from the broker’s timestamp', async () => {
    const { clocks: _none, ...attempt } = tokenisedAttempt();
    await announce(attempt);
    const { clocks } = await decisionOf(attempt);
    expect(clocks).toEqual(deriveClocks(new Date(clocks.receivedAt), DEFAULT_CLOCKS));
    const ageMs = Date.now() - Date.parse(clocks.receivedAt);
    expect(Math.abs(ageMs)).toBeLessThan(60_000);
  });

  it('is decided once, however many events announce it, in one batch or in several', async () => {
    const attempt = tokenisedAttempt();
    await announce(attempt, attempt, attempt);
    await decisionOf(attempt);
    const later = tokenisedAttempt();
    await announce(attempt, later, attempt);
    await decisionOf(later);
    const marker = tokenisedAttempt({ paymentAttemptId: attempt.paymentAttemptId, merchantId: 'merchant-two' });
    await announce(marker);
    const decisions = await eventually(async () => {
      const found = await decisionsAbout(records, topics, [attempt]);
      expect(found.some(({ merchantId }) => merchantId === 'merchant-two')).toBe(true);
      return found;
    });
    expect(decisions.filter(({ merchantId }) => merchantId === attempt.merchantId)).toHaveLength(1);
    expect(new Set(decisions.map(({ eventId }) => eventId)).size).toBe(2);
  });

  it('announced with another identity is a dead letter naming the fields, and its first decision stands', async () => {
    const attempt = tokenisedAttempt();
    const other = { ...attempt, order: { ...attempt.order, amountMinor: '1', currency: 'USD' } };
    await announce(attempt);
    const decision = await decisionOf(attempt);
    await announce(other);
    const letter = await deadLetterOf(attempt.paymentAttemptId);
    expect(letter[DEAD_LETTER_HEADERS.code]).toBe('ATTEMPT_CONFLICT');
    expect(JSON.stringify(letter)).toContain('amountMinor');
    expect(await decisionsAbout(records, topics, [attempt])).toEqual([decision]);
  });

  it('of two identities in one batch is decided by the first', async () => {
    const attempt = tokenisedAttempt();
    await announce(attempt, { ...attempt, clientSessionId: 'another' }, attempt);
    expect((await decisionOf(attempt)).clientSessionId).toBe(attempt.clientSessionId);
    expect((await deadLetterOf(attempt.paymentAttemptId))[DEAD_LETTER_HEADERS.code]).toBe('ATTEMPT_CONFLICT');
  });
});

describe('a bad record', () => {
  it('that names an unknown merchant is a dead letter, and the ones beside it are decided', async () => {
    const good = tokenisedAttempt();
    const bad = tokenisedAttempt({ merchantId: 'nobody' });
    await announce(bad, good);
    expect((await decisionOf(good)).decision).toBe('APPROVE');
    expect((await deadLetterOf(bad.paymentAttemptId))[DEAD_LETTER_HEADERS.code]).toBe('MERCHANT_UNKNOWN');
  });

  it('that does not fit the schema is a dead letter, and its partition moves on', async () => {
    const good = tokenisedAttempt();
    const bad = { ...good, order: { ...good.order, amountMinor: '-1' } };
    await announce(bad, good);
    expect((await decisionOf(good)).order.amountMinor).toBe('4200');
    expect((await deadLetterOf(good.paymentAttemptId))[DEAD_LETTER_HEADERS.code]).toBe('RECORD_SCHEMA_INVALID');
  });
});
