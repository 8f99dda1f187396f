import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttemptConcluded, AttemptTokenised, concludedAttemptAnswer, topicName } from '@tollgate/contracts';
import {
  concludedAttempt,
  eventually,
  foreignRecord,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { AttemptWatch } from '../src/answers/attempt-watch.service.ts';
import {
  attemptBody,
  eventsAbout,
  type IntakeService,
  prepareIntake,
  SHOPS,
  startIntake,
  stopIntake,
} from './intake-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const outcomes = topicName(AttemptConcluded.topic, topics.prefix);
let intake: IntakeService;
let other: IntakeService;

beforeAll(async () => {
  const environment = await prepareIntake(database, topics);
  [intake, other] = await Promise.all([startIntake(environment), startIntake(environment)]);
}, 60_000);

afterAll(async () => {
  await Promise.all([stopIntake(intake), stopIntake(other)]);
});

type Body = ReturnType<typeof attemptBody>;

/** Plays the gateway: concludes the attempt as soon as it is announced. */
async function conclude(body: Body, changes: Parameters<typeof concludedAttempt>[1] = {}): Promise<void> {
  const [announced] = await eventsAbout({ records, topics }, AttemptTokenised, { ...body, count: 1 });
  const data = concludedAttempt(announced!.data, { paymentId: 'pay-1', ...changes });
  await records.send(outcomes, foreignRecord(AttemptConcluded, data));
}

const post = (body: Body, prefer?: string, from: IntakeService = intake) =>
  from.ask('/v1/attempts', { body, headers: prefer === undefined ? {} : { prefer } });

const outcome = { status: 'APPROVED', paymentId: 'pay-1', charged: 'yes', retryable: false, shopperCode: 'APPROVED' };

describe('a request that waits', () => {
  it('is answered 200 with the outcome as soon as it is there, on whichever instance it waits', async () => {
    const body = attemptBody();
    const waiting = [post(body, 'wait=30'), post(body, 'respond-async, wait="30"', other)];
    await conclude(body);
    for (const answer of await Promise.all(waiting)) {
      expect(answer.status).toBe(200);
      expect(answer.headers.get('preference-applied')).toBe('wait=30');
      expect(concludedAttemptAnswer.parse(answer.body)).toMatchObject(outcome);
    }
  });

  it('never takes an answer back: repeated and read at once, the outcome stays', async () => {
    const body = attemptBody();
    const waiting = post(body, 'wait=30');
    await conclude(body);
    expect((await waiting).status).toBe(200);
    expect(await post(body)).toMatchObject({ status: 200, body: outcome });
    expect(await post(body, 'wait=30')).toMatchObject({ status: 200, body: outcome });
    const shown = await intake.ask(`/v1/attempts/${body.paymentAttemptId}`);
    expect(shown.body).toMatchObject({ status: 'APPROVED', outcome });
  });

  it('is answered 202 when its time is over, and says what it took', async () => {
    const answer = await post(attemptBody(), 'wait=1');
    expect(answer).toMatchObject({ status: 202, body: { status: 'RECEIVED' } });
    expect(answer.headers.get('preference-applied')).toBe('wait=1');
    const nothing = await post(attemptBody(), 'wait=0');
    expect(nothing.headers.get('preference-applied')).toBe('wait=0');
  });

  it('is told that no more than a minute was taken', async () => {
    const body = attemptBody();
    const waiting = post(body, 'wait=3600');
    await conclude(body);
    expect((await waiting).headers.get('preference-applied')).toBe('wait=60');
  });

  it('does not wait for what is no preference', async () => {
    const answer = await post(attemptBody(), 'wait=soon');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBeNull();
  });

  it('is forgotten when its caller has gone', async () => {
    const watch = intake.app.get(AttemptWatch);
    await eventually(() => expect(watch.watchedCount).toBe(0));
    const caller = httpRequest(`${intake.url}/v1/attempts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${SHOPS.one.key}`,
        'content-type': 'application/json',
        prefer: 'wait=60',
      },
    });
    caller.on('error', () => undefined);
    caller.end(JSON.stringify(attemptBody()));
    await eventually(() => expect(watch.watchedCount).toBe(1));
    caller.destroy();
    await eventually(() => expect(watch.watchedCount).toBe(0));
  });

  it('is answered 202 when its service stops', async () => {
    const stopping = await startIntake({ ...(await prepareIntake(database, topics)) });
    const body = attemptBody();
    const waiting = post(body, 'wait=60', stopping);
    const watch = stopping.app.get(AttemptWatch);
    await eventually(() => expect(watch.watchedCount).toBe(1));
    await eventsAbout({ records, topics }, AttemptTokenised, { ...body, count: 1 });
    const stopped = stopIntake(stopping);
    expect((await waiting).status).toBe(202);
    await stopped;
  });
});

describe('an outcome', () => {
  it.each([
    ['ABORTED', { charged: 'no', retryable: true, shopperCode: 'NOT_ACCEPTED' }],
    ['EXPIRED', { charged: 'no', retryable: true, shopperCode: 'TIMED_OUT' }],
    ['REJECTED', { charged: 'maybe', retryable: false, shopperCode: 'TECHNICAL' }],
  ] as const)('that is %s is told as it is, without a payment', async (status, told) => {
    const body = attemptBody();
    const waiting = post(body, 'wait=30');
    await conclude(body, { outcome: status, ...told, paymentId: undefined });
    const answer = await waiting;
    expect(answer.body).toMatchObject({ status, ...told });
    expect(answer.body).not.toHaveProperty('paymentId');
  });

  it('reaches a request that waits even when no broadcast tells of it: watched attempts are read from the database', async () => {
    const body = attemptBody();
    const waiting = post(body, 'wait=30');
    await eventsAbout({ records, topics }, AttemptTokenised, { ...body, count: 1 });
    const facts = {
      outcome: { ...outcome, reason: 'no-rule-matched', concludedAt: new Date().toISOString() },
    };
    await database.query(
      `UPDATE ${database.schema}_intake.attempts SET status = 'APPROVED', facts = $2 WHERE attempt_id = $1`,
      [body.paymentAttemptId, JSON.stringify(facts)],
    );
    expect(await waiting).toMatchObject({ status: 200, body: outcome });
  });
});
