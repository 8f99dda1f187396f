import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AttemptConcluded, AttemptDecided, AttemptTokenised, topicName } from '@tollgate/contracts';
import {
  concludedAttempt,
  decidedAttempt,
  eventually,
  foreignRecord,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { FollowUpDecisionsHandler } from '../src/deadlines/follow-up-decisions.handler.ts';
import {
  attemptBody,
  attemptWithStatus,
  eventsAbout,
  type IntakeService,
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
const instances: IntakeService[] = [];
let intake: IntakeService;

beforeAll(async () => {
  const environment = {
    ...(await prepareIntake(database, topics, { deadlineApproveMaxMinor: { EUR: '5000' } })),
    DECIDE_BY_MS: '1500',
    APPROVE_BY_MS: '8000',
    CALL_END_BY_MS: '9000',
    ATTEMPT_TTL_SECONDS: '60',
  };
  instances.push(
    ...(await Promise.all([startIntake(environment), startIntake(environment), startIntake(environment)])),
  );
  [intake] = instances as [IntakeService];
}, 60_000);

afterAll(async () => {
  await Promise.all(instances.map(stopIntake));
});

const post = (body: object, token: string = SHOPS.one.key) => intake.ask('/v1/attempts', { body, token });

type Body = ReturnType<typeof attemptBody>;
const ids = (bodies: readonly Body[]): string[] => bodies.map(({ paymentAttemptId }) => paymentAttemptId);
const attemptsTable = `${database.schema}_intake.attempts`;

/** Moves the attempts' clocks into the past, as if they had been received so much earlier. */
async function letTimePass(bodies: readonly Body[], interval: string): Promise<void> {
  const moved = ['received_at', 'decide_by', 'approve_by'].map((clock) => `${clock} = ${clock} - $2::interval`);
  await database.query(`UPDATE ${attemptsTable} SET ${moved.join(', ')} WHERE attempt_id = ANY ($1::uuid[])`, [
    ids(bodies),
    interval,
  ]);
}

/** Until the row says so, which an instance may tell before: it hears of events outside of the transaction. */
async function recordedAs({ paymentAttemptId }: Body, status: string): Promise<void> {
  await eventually(async () => {
    const text = `SELECT status FROM ${attemptsTable} WHERE attempt_id = $1::uuid`;
    expect(await database.query(text, [paymentAttemptId])).toEqual([{ status }]);
  });
}

/** Which of them the keeper has followed up. */
async function followedUp(bodies: readonly Body[]): Promise<string[]> {
  const rows = await database.query<{ attempt_id: string }>(
    `SELECT attempt_id FROM ${attemptsTable} WHERE attempt_id = ANY ($1::uuid[]) AND followed_up_at IS NOT NULL`,
    [ids(bodies)],
  );
  return rows.map((row) => row.attempt_id);
}

describe('the deadline keeper', () => {
  it('aborts what nobody has decided, once each, though three instances keep the same deadlines', async () => {
    const bodies = Array.from({ length: 60 }, () => attemptBody());
    await Promise.all(bodies.map((body) => post(body)));
    for (const body of bodies) {
      const [decision] = await ownDecisions(places, { ...body, count: 1 });
      expect(decision).toMatchObject({ decision: 'ABORT', source: 'deadline', reason: 'deadline-passed' });
      expect(Date.parse(decision!.decidedAt)).toBeGreaterThanOrEqual(Date.parse(decision!.clocks.decideBy));
    }
  });

  it('leaves alone what was decided in time', async () => {
    const body = attemptBody();
    const undecided = attemptBody();
    await Promise.all([post(body), post(undecided)]);
    const [announced] = await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    await records.send(
      topicName('decisions', topics.prefix),
      foreignRecord(AttemptDecided, decidedAttempt(announced!.data)),
    );
    await ownDecisions(places, { ...undecided, count: 1 });
    expect(await ownDecisions(places, { ...body, count: 1 })).toEqual([]);
  });

  it('decides what waits for a person', async () => {
    const body = attemptBody();
    await post(body);
    const [announced] = await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    const review = decidedAttempt(announced!.data, { decision: 'REVIEW', reason: 'review-required' });
    await records.send(topicName('decisions', topics.prefix), foreignRecord(AttemptDecided, review));
    await attemptWithStatus(intake, body.paymentAttemptId, 'DECIDED');
    const [decision] = await ownDecisions(places, { ...body, count: 2 });
    expect(decision).toMatchObject({ decision: 'ABORT', source: 'deadline' });
  });

  it("approves up to its merchant's cap, and aborts above it", async () => {
    const small = attemptBody();
    const large = attemptBody({ order: { ...small.order, amount: 5001 } });
    await Promise.all([small, large].map((body) => post(body, SHOPS.two.key)));
    expect(await ownDecisions(places, { ...small, count: 1 })).toMatchObject([
      { decision: 'APPROVE', source: 'deadline' },
    ]);
    expect(await ownDecisions(places, { ...large, count: 1 })).toMatchObject([
      { decision: 'ABORT', source: 'deadline' },
    ]);
  });

  it('aborts, once, what was decided and never heard of again', async () => {
    const [silent, answered] = [attemptBody(), attemptBody()];
    for (const body of [silent, answered]) {
      await post(body);
      const [announced] = await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
      const decision = decidedAttempt(announced!.data, { decision: 'APPROVE' });
      await records.send(topicName('decisions', topics.prefix), foreignRecord(AttemptDecided, decision));
      await recordedAs(body, 'DECIDED');
      if (body === answered) {
        const outcome = foreignRecord(AttemptConcluded, concludedAttempt(announced!.data));
        await records.send(topicName('outcomes', topics.prefix), outcome);
        await recordedAs(body, 'APPROVED');
      }
    }
    await letTimePass([silent, answered], '2 minutes');

    const [abort] = await ownDecisions(places, { ...silent, count: 2 });
    expect(abort).toMatchObject({ decision: 'ABORT', source: 'deadline', reason: 'deadline-passed' });
    const shown = await attemptWithStatus(intake, silent.paymentAttemptId, 'DECIDED');
    expect(shown.timeline.filter(({ event }) => event === 'DECIDED')).toMatchObject([
      { decision: 'APPROVE' },
      { decision: 'ABORT', source: 'deadline' },
    ]);
    expect(await followedUp([silent, answered])).toEqual([silent.paymentAttemptId]);
    expect(await ownDecisions(places, { ...answered, count: 1 })).toEqual([]);
    // Marked: however long the outcome stays away, it is asked for once.
    await letTimePass([silent], '1 hour');
    await intake.app.get(FollowUpDecisionsHandler).followUp();
    await ownDecisions(places, { ...silent, count: 2 });
  });

  it('finds the overdue by its own small index', async () => {
    await database.query(
      `INSERT INTO ${attemptsTable} (merchant_id, attempt_id, client_session_id, instrument, order_id, amount_minor, currency,
                             received_at, decide_by, approve_by, expires_at, status)
       SELECT 'shop-one', gen_random_uuid(), n, n, n, 1, 'EUR', now(), now() + interval '1 s', now() + interval '2 s',
              now() + interval '3 s', 'ABORTED'
         FROM generate_series(1, 20000) AS n`,
    );
    await database.query(`ANALYZE ${attemptsTable}`);
    const plan = await database.query<Record<string, string>>(
      `EXPLAIN SELECT * FROM ${attemptsTable} a
        WHERE a.status IN ('RECEIVED', 'IN_REVIEW') AND a.decide_by <= clock_timestamp()
        ORDER BY a.decide_by LIMIT 200 FOR UPDATE SKIP LOCKED`,
    );
    expect(plan.map((line) => line['QUERY PLAN']).join('\n')).toContain('attempts_undecided');
    const second = await database.query<Record<string, string>>(
      `EXPLAIN SELECT * FROM ${attemptsTable} a
        WHERE a.status = 'DECIDED' AND a.followed_up_at IS NULL AND a.approve_by <= now()
        ORDER BY a.approve_by LIMIT 200 FOR UPDATE SKIP LOCKED`,
    );
    expect(second.map((line) => line['QUERY PLAN']).join('\n')).toContain('attempts_unanswered');
  });
});
