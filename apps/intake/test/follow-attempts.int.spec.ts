import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type AttemptAnswer,
  AttemptConcluded,
  AttemptDecided,
  type AttemptDecidedData,
  AttemptOutcomeUnknown,
  type AttemptTokenisedData,
  AttemptTokenised,
  DEFAULT_CLOCKS,
  topicName,
} from '@tollgate/contracts';
import {
  concludedAttempt,
  decidedAttempt,
  eventually,
  foreignRecord,
  testDatabase,
  type TestRecord,
  testRecords,
  testTopicPrefix,
  tokenisedAttempt,
} from '@tollgate/testing';
import {
  attemptBody,
  attemptWithStatus,
  deadLetterOf,
  type IntakeService,
  OPERATOR_TOKEN,
  ownDecisions,
  prepareIntake,
  SHOPS,
  startIntake,
  stopIntake,
} from './intake-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const places = { records, topics };
let intake: IntakeService;

beforeAll(async () => {
  intake = await startIntake(await prepareIntake(database, topics));
}, 60_000);

afterAll(() => stopIntake(intake));

const { merchantId } = SHOPS.one;
const attemptOf = (changes: Partial<AttemptTokenisedData> = {}) => tokenisedAttempt({ merchantId, ...changes });
const publish = (topic: 'attempts' | 'decisions' | 'outcomes', ...sent: TestRecord[]) =>
  records.send(topicName(topic, topics.prefix), ...sent);
const announce = (...attempts: AttemptTokenisedData[]) =>
  publish('attempts', ...attempts.map((attempt) => foreignRecord(AttemptTokenised, attempt)));
const decide = (attempt: AttemptTokenisedData, changes: Partial<AttemptDecidedData> = {}) =>
  publish('decisions', foreignRecord(AttemptDecided, decidedAttempt(attempt, changes)));
const conclude = (attempt: AttemptTokenisedData, changes: Parameters<typeof concludedAttempt>[1] = {}) =>
  publish('outcomes', foreignRecord(AttemptConcluded, concludedAttempt(attempt, changes)));
const unknownRecord = (attempt: AttemptTokenisedData) => {
  const { merchantId: whose, paymentAttemptId, clientSessionId, order, clocks, decision } = concludedAttempt(attempt);
  const since = new Date().toISOString();
  return foreignRecord(AttemptOutcomeUnknown, {
    merchantId: whose,
    paymentAttemptId,
    clientSessionId,
    order,
    clocks,
    decision,
    action: 'APPROVE' as const,
    since,
  });
};

describe('an attempt published straight to the topic', () => {
  it('is adopted with the clocks that its event carries', async () => {
    const attempt = attemptOf();
    await announce(attempt);
    const shown = await attemptWithStatus(intake, attempt.paymentAttemptId, 'RECEIVED');
    expect(shown).toMatchObject({ ...attempt.clocks, order: { amount: { amountMinor: '4200', currency: 'EUR' } } });
  });

  it("gets its clocks from the broker's timestamp when its event carries none", async () => {
    const { clocks: _, ...attempt } = attemptOf();
    const before = Date.now();
    await announce(attempt);
    const shown = await attemptWithStatus(intake, attempt.paymentAttemptId, 'RECEIVED');
    expect(Date.parse(shown.decideBy) - Date.parse(shown.receivedAt)).toBe(DEFAULT_CLOCKS.decideByMs);
    expect(Date.parse(shown.receivedAt)).toBeGreaterThanOrEqual(before - 1_000);
  });

  it('is one attempt with one sighting when it is published twice', async () => {
    const attempt = attemptOf();
    await announce(attempt, attempt);
    await attemptWithStatus(intake, attempt.paymentAttemptId, 'RECEIVED');
    await eventually(async () => {
      const { body } = await intake.ask<AttemptAnswer>(`/v1/attempts/${attempt.paymentAttemptId}`);
      expect(body.sightings).toBe(1);
    });
  });

  it('supersedes an older attempt of its session, whatever order the two are read in', async () => {
    const older = attemptOf();
    const received = new Date(Date.parse(older.clocks!.receivedAt) + 10);
    const shift = (instant: string): string => new Date(Date.parse(instant) + 10).toISOString();
    const newer = attemptOf({
      clientSessionId: older.clientSessionId,
      clocks: {
        receivedAt: received.toISOString(),
        decideBy: shift(older.clocks!.decideBy),
        approveBy: shift(older.clocks!.approveBy),
        expiresAt: shift(older.clocks!.expiresAt),
      },
    });
    await announce(newer);
    await attemptWithStatus(intake, newer.paymentAttemptId, 'RECEIVED');
    await announce(older);
    const [decision] = await ownDecisions(places, { ...older, count: 1 });
    expect(decision).toMatchObject({ reason: 'superseded', supersededBy: newer.paymentAttemptId });
    await attemptWithStatus(intake, newer.paymentAttemptId, 'RECEIVED');
  });

  it('is a dead letter when the id is known with another identity, and its partition moves on', async () => {
    const attempt = attemptOf();
    const conflicting = { ...attempt, order: { ...attempt.order, amountMinor: '1' } };
    await announce(attempt, conflicting);
    const letter = await deadLetterOf(places, AttemptTokenised, attempt.paymentAttemptId);
    expect(letter).toMatchObject({ 'tollgate-dead-letter-code': 'ATTEMPT_CONFLICT' });
    expect(letter['tollgate-dead-letter-reason']).toContain('amountMinor');
    await decide(attempt);
    await attemptWithStatus(intake, attempt.paymentAttemptId, 'DECIDED');
  });

  it.each<[string, string, (attempt: AttemptTokenisedData) => TestRecord]>([
    [
      'of an unknown merchant',
      'MERCHANT_UNKNOWN',
      (attempt) => foreignRecord(AttemptTokenised, { ...attempt, merchantId: 'nobody' }),
    ],
    [
      'with clocks out of order',
      'RECORD_SCHEMA_INVALID',
      (attempt) =>
        foreignRecord(AttemptTokenised, {
          ...attempt,
          clocks: { ...attempt.clocks!, decideBy: attempt.clocks!.expiresAt },
        }),
    ],
    [
      'that is not JSON',
      'RECORD_NOT_JSON',
      (attempt) => ({ ...foreignRecord(AttemptTokenised, attempt), value: 'hello' }),
    ],
    [
      'with a negative amount',
      'RECORD_SCHEMA_INVALID',
      (attempt) => foreignRecord(AttemptTokenised, { ...attempt, order: { ...attempt.order, amountMinor: '-1' } }),
    ],
  ])('is a dead letter with its reason when it is one %s; the next one is adopted', async (_case, code, toRecord) => {
    const bad = attemptOf();
    const good = attemptOf();
    await publish('attempts', toRecord(bad), foreignRecord(AttemptTokenised, good));
    expect(await deadLetterOf(places, AttemptTokenised, bad.paymentAttemptId)).toMatchObject({
      'tollgate-dead-letter-code': code,
    });
    await attemptWithStatus(intake, good.paymentAttemptId, 'RECEIVED');
  });
});

describe('an attempt that others decide about', () => {
  it('goes through review, decision and doubt to its outcome, and its timeline tells it all', async () => {
    const attempt = attemptOf();
    const id = attempt.paymentAttemptId;
    await announce(attempt);
    await decide(attempt, { decision: 'REVIEW', reason: 'review-required' });
    await attemptWithStatus(intake, id, 'IN_REVIEW');
    await decide(attempt, { source: 'reviewer', reason: 'reviewer-approved' });
    await attemptWithStatus(intake, id, 'DECIDED');
    await publish('outcomes', unknownRecord(attempt));
    await attemptWithStatus(intake, id, 'UNKNOWN');
    await conclude(attempt, { paymentId: 'pay-7' });
    const shown = await attemptWithStatus(intake, id, 'APPROVED');
    expect(shown.outcome).toMatchObject({ status: 'APPROVED', paymentId: 'pay-7' });
    expect(shown.timeline.map((entry) => entry.event)).toEqual([
      'RECEIVED',
      'REVIEW_REQUESTED',
      'DECIDED',
      'OUTCOME_UNKNOWN',
      'CONCLUDED',
    ]);
  });

  it('keeps its outcome when the news before it arrive late or twice', async () => {
    const attempt = attemptOf();
    await conclude(attempt);
    await attemptWithStatus(intake, attempt.paymentAttemptId, 'APPROVED');
    await publish('outcomes', unknownRecord(attempt));
    await decide(attempt);
    await decide(attempt, { decision: 'REVIEW', reason: 'review-required' });
    await announce(attempt);
    await eventually(async () => {
      const shown = await attemptWithStatus(intake, attempt.paymentAttemptId, 'APPROVED');
      expect(new Set(shown.timeline.map((entry) => entry.event))).toEqual(
        new Set(['RECEIVED', 'CONCLUDED', 'OUTCOME_UNKNOWN', 'DECIDED', 'REVIEW_REQUESTED']),
      );
      const [row] = await database.query<{ instrument: string | null }>(
        `SELECT instrument FROM ${database.schema}_intake.attempts WHERE attempt_id = $1`,
        [attempt.paymentAttemptId],
      );
      expect(row?.instrument).toBe(attempt.instrument);
    });
  });

  it('shows the reasons of rules to operators, not to its shop', async () => {
    const attempt = attemptOf();
    await announce(attempt);
    await decide(attempt, { decision: 'ABORT', reason: 'velocity-exceeded' });
    const shown = await attemptWithStatus(intake, attempt.paymentAttemptId, 'DECIDED');
    expect(shown.timeline.at(-1)).toMatchObject({ source: 'rules', reason: 'velocity-exceeded' });
    const path = `/v1/attempts/${attempt.paymentAttemptId}`;
    const { body } = await intake.ask<AttemptAnswer>(path);
    expect(body.timeline.at(-1)).toMatchObject({ decision: 'ABORT', source: 'rules' });
    expect(JSON.stringify(body)).not.toContain('velocity');
  });
});

describe("the shop's own abort", () => {
  const abort = (id: string, reason = 'customer-left') => intake.ask(`/v1/attempts/${id}/abort`, { body: { reason } });

  it('decides an undecided attempt, once', async () => {
    const body = attemptBody();
    await intake.ask('/v1/attempts', { body });
    const first = await abort(body.paymentAttemptId);
    expect(first).toMatchObject({
      status: 202,
      body: { status: 'DECIDED', result: 'REQUESTED', decision: { decision: 'ABORT', source: 'merchant' } },
    });
    const again = await abort(body.paymentAttemptId, 'out-of-stock');
    expect(again).toMatchObject({ status: 202, body: { result: 'ALREADY_REQUESTED' } });
    const [decision] = await ownDecisions(places, { ...body, count: 1 });
    expect(decision).toMatchObject({ decision: 'ABORT', source: 'merchant', reason: 'customer-left' });
  });

  it('races an approval that is recorded, and says so', async () => {
    const attempt = attemptOf();
    await announce(attempt);
    await decide(attempt);
    await attemptWithStatus(intake, attempt.paymentAttemptId, 'DECIDED');
    expect(await abort(attempt.paymentAttemptId)).toMatchObject({
      status: 202,
      body: { result: 'REQUESTED_AFTER_DECISION', decision: { decision: 'APPROVE', source: 'rules' } },
    });
    expect(await abort(attempt.paymentAttemptId)).toMatchObject({ body: { result: 'ALREADY_REQUESTED' } });
    expect(await ownDecisions(places, { ...attempt, count: 2 })).toHaveLength(1);
  });

  it('is too late for an approved attempt: 409 with the outcome', async () => {
    const attempt = attemptOf();
    await conclude(attempt, { paymentId: 'pay-9' });
    await attemptWithStatus(intake, attempt.paymentAttemptId, 'APPROVED');
    expect(await abort(attempt.paymentAttemptId)).toMatchObject({
      status: 409,
      body: { code: 'ATTEMPT_CONCLUDED', facts: { status: 'APPROVED', paymentId: 'pay-9' } },
    });
  });

  it('finds an aborted attempt aborted: 200', async () => {
    const attempt = attemptOf();
    const told = { outcome: 'ABORTED', charged: 'no', paymentId: undefined } as const;
    await conclude(attempt, told);
    await attemptWithStatus(intake, attempt.paymentAttemptId, 'ABORTED');
    expect(await abort(attempt.paymentAttemptId)).toMatchObject({
      status: 200,
      body: { status: 'ABORTED', result: 'ALREADY_ABORTED', outcome: { status: 'ABORTED', charged: 'no' } },
    });
  });
});

it('documents every route with examples that fit', async () => {
  const { body } = await intake.ask<{ paths: object }>('/openapi.json', { token: OPERATOR_TOKEN });
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining([
      '/v1/attempts',
      '/v1/attempts/{id}',
      '/v1/attempts/{id}/abort',
      '/v1/attempts/{id}/events',
    ]),
  );
});
