import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { acceptedAttemptAnswer, AttemptTokenised } from '@tollgate/contracts';
import { eventually, testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import {
  attemptBody,
  eventsAbout,
  type IntakeService,
  OPERATOR_TOKEN,
  prepareIntake,
  SHOPS,
  startIntake,
  stopIntake,
} from './intake-service.ts';

const WAITERS_MAX = 2;

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let intake: IntakeService;

beforeAll(async () => {
  const environment = await prepareIntake(database, topics);
  // One place: whoever held it while waiting would keep everybody else out.
  intake = await startIntake({
    ...environment,
    INTAKE_REQUESTS_IN_HAND_MAX: '1',
    INTAKE_WAITERS_MAX: String(WAITERS_MAX),
  });
}, 60_000);

afterAll(() => stopIntake(intake));

const post = (body: ReturnType<typeof attemptBody>, prefer?: string) =>
  intake.ask('/v1/attempts', { body, headers: prefer === undefined ? {} : { prefer } });

async function waiters(way: 'prefer' | 'stream'): Promise<number> {
  const { body } = await intake.ask<string>('/metrics', { token: OPERATOR_TOKEN });
  return Number(new RegExp(`^attempt_waiters{[^}]*way="${way}"[^}]*} (.*)$`, 'm').exec(body)?.[1]);
}

describe('when as many wait as may', () => {
  const bodies = [attemptBody(), attemptBody()];
  const gone = new AbortController();

  beforeAll(async () => {
    for (const [index, body] of bodies.entries()) {
      fetch(`${intake.url}/v1/attempts`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${SHOPS.one.key}`,
          'content-type': 'application/json',
          prefer: 'wait=60',
        },
        body: JSON.stringify(body),
        signal: gone.signal,
      }).catch(() => undefined);
      await eventually(async () => expect(await waiters('prefer')).toBe(index + 1));
      // Stored: from here on it only waits.
      await eventsAbout({ records, topics }, AttemptTokenised, { ...body, count: 1 });
    }
  });

  it('a request that would wait gets its 202 at once, and its attempt is stored all the same', async () => {
    const body = attemptBody();
    const answer = await post(body, 'wait=60');
    expect(answer.status).toBe(202);
    expect(answer.headers.get('preference-applied')).toBeNull();
    expect(acceptedAttemptAnswer.parse(answer.body)).toMatchObject({ status: 'RECEIVED' });
    await eventsAbout({ records, topics }, AttemptTokenised, { ...body, count: 1 });
  });

  it('those that wait keep nobody out who does not: they hold no place among the requests in hand', async () => {
    expect((await post(attemptBody())).status).toBe(202);
    expect((await intake.ask(`/v1/attempts/${bodies[0]!.paymentAttemptId}`)).status).toBe(200);
  });

  it('an event stream shows the state, ends, and asks the browser to come back later', async () => {
    const answer = await intake.ask<string>(`/v1/attempts/${bodies[0]!.paymentAttemptId}/events`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/^retry: 5000$/m);
    expect(answer.body).toMatch(/^id: RECEIVED$/m);
    expect(await waiters('stream')).toBe(0);
  });

  it('the next one waits again when one has gone', async () => {
    gone.abort();
    await eventually(async () => expect(await waiters('prefer')).toBe(0));
    const answer = await post(attemptBody(), 'wait=1');
    expect(answer.headers.get('preference-applied')).toBe('wait=1');
  });
});
