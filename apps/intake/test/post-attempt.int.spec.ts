import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  acceptedAttemptAnswer,
  attemptAnswer,
  AttemptTokenised,
  type AttemptAnswer,
  DEFAULT_CLOCKS,
} from '@tollgate/contracts';
import { testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import {
  attemptBody,
  eventsAbout,
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
let other: IntakeService;

beforeAll(async () => {
  const environment = await prepareIntake(database, topics);
  [intake, other] = await Promise.all([startIntake(environment), startIntake(environment)]);
}, 60_000);

afterAll(async () => {
  await Promise.all([stopIntake(intake), stopIntake(other)]);
});

const post = (body: object, from: IntakeService = intake) => from.ask('/v1/attempts', { body });

describe('a posted attempt', () => {
  it('is stored, announced with its clocks, and answered 202 with links', async () => {
    const body = attemptBody();
    const answer = await post(body);
    expect(answer.status).toBe(202);
    const accepted = acceptedAttemptAnswer.parse(answer.body);
    expect(accepted).toMatchObject({ paymentAttemptId: body.paymentAttemptId, status: 'RECEIVED' });
    const [announced] = await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    const { clocks } = announced!.data;
    expect(clocks).toMatchObject({
      decideBy: accepted.decideBy,
      approveBy: accepted.approveBy,
      expiresAt: accepted.expiresAt,
    });
    expect(Date.parse(accepted.decideBy) - Date.parse(clocks!.receivedAt)).toBe(DEFAULT_CLOCKS.decideByMs);
  });

  it('leaves its token nowhere: not in the database, not on a topic', async () => {
    const body = attemptBody();
    await post(body);
    const [announced] = await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    expect(JSON.stringify(announced)).not.toContain(body.paymentMethodToken.token);
    const rows = await database.query(
      `SELECT a::text AS row FROM ${database.schema}_intake.attempts a WHERE attempt_id = $1`,
      [body.paymentAttemptId],
    );
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(body.paymentMethodToken.token);
  });

  it('continues the trace of its request', async () => {
    const body = attemptBody();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await intake.ask('/v1/attempts', { body, headers: { traceparent } });
    const [announced] = await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    expect(announced!.headers['traceparent']).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('gets the same answer when it is posted again after a page reload, and is announced once', async () => {
    const body = attemptBody();
    const first = await post(body);
    const again = await post({ ...body, timestamp: body.timestamp + 30 });
    const { links: _first, ...firstAnswer } = first.body;
    const { links: _again, ...sameAnswer } = again.body;
    expect(again.status).toBe(202);
    expect(sameAnswer).toEqual(firstAnswer);
    await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    const { body: shown } = await intake.ask<AttemptAnswer>(`/v1/attempts/${body.paymentAttemptId}`);
    expect(shown.sightings).toBe(1);
    expect(shown.timeline).toMatchObject([{ event: 'RECEIVED' }, { event: 'SEEN_AGAIN', source: 'shop' }]);
  });

  it('is stored once when forty requests on two instances carry it at the same moment', async () => {
    const body = attemptBody();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => post(body, index % 2 === 0 ? intake : other)),
    );
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.decideBy)).size).toBe(1);
    await eventsAbout(places, AttemptTokenised, { ...body, count: 1 });
    const { body: shown } = await intake.ask<AttemptAnswer>(`/v1/attempts/${body.paymentAttemptId}`);
    expect(shown.sightings).toBe(39);
  });

  it.each([
    ['clientSessionId', { clientSessionId: 'another' }],
    ['order.amount', { order: { amount: 4201 } }],
    ['order.currencyCode', { order: { currencyCode: 'USD' } }],
    ['order.orderId', { order: { orderId: 'another' } }],
    ['paymentMethodToken', { paymentMethodToken: { token: 'another' } }],
  ])('is refused with 409 naming %s when that differs from the first receipt', async (path, changes) => {
    const body = attemptBody();
    await post(body);
    const changed = Object.fromEntries(
      Object.entries(body).map(([name, value]) => {
        const change = (changes as Record<string, unknown>)[name];
        return [name, typeof change === 'object' ? { ...(value as object), ...change } : (change ?? value)];
      }),
    );
    const answer = await post(changed);
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: 'ATTEMPT_CONFLICT', errors: [{ path }] });
    expect((await post(body)).status).toBe(202);
  });

  it('never fails its neighbours: good, repeated and conflicting ones in one commit each get their own answer', async () => {
    const known = attemptBody();
    await post(known);
    const conflicting = { ...known, order: { ...known.order, amount: 1 } };
    const fresh = Array.from({ length: 30 }, () => attemptBody());
    const answers = await Promise.all([...fresh, known, conflicting].map((body) => post(body)));
    expect(answers.map((answer) => answer.status)).toEqual([...fresh.map(() => 202), 202, 409]);
  });

  it('belongs to its own merchant: the same id of another shop is another attempt, and neither sees the other', async () => {
    const body = attemptBody();
    await post(body);
    const path = `/v1/attempts/${body.paymentAttemptId}`;
    const stranger = { token: SHOPS.two.key };
    const hidden = await intake.ask(path, stranger);
    expect(hidden).toMatchObject({ status: 404, body: { code: 'ATTEMPT_NOT_FOUND' } });
    expect(await intake.ask(`${path}/events`, stranger)).toMatchObject({ status: 404 });
    const abort = { ...stranger, body: { reason: 'customer-left' } };
    expect(await intake.ask(`${path}/abort`, abort)).toMatchObject({ status: 404 });
    const ofTwo = { ...body, order: { ...body.order, amount: 1 } };
    expect((await intake.ask('/v1/attempts', { ...stranger, body: ofTwo })).status).toBe(202);
    const asOperator = { token: OPERATOR_TOKEN };
    const amounts = await Promise.all(
      Object.values(SHOPS).map(async ({ merchantId }) => {
        const answer = await intake.ask<AttemptAnswer>(`${path}?merchantId=${merchantId}`, asOperator);
        return answer.body.order.amount.amountMinor;
      }),
    );
    expect(amounts).toEqual(['4200', '1']);
  });
});

describe('a newer attempt on the same client session', () => {
  it('supersedes the older one, once', async () => {
    const older = attemptBody();
    await post(older);
    const newer = attemptBody({ clientSessionId: older.clientSessionId });
    await post(newer);
    await post(newer);
    const [decision] = await ownDecisions(places, { ...older, count: 1 });
    expect(decision).toMatchObject({
      decision: 'ABORT',
      source: 'merchant',
      reason: 'superseded',
      supersededBy: newer.paymentAttemptId,
      order: { orderId: older.order.orderId, amountMinor: '4200', currency: 'EUR' },
    });
    const shown = await intake.ask<AttemptAnswer>(`/v1/attempts/${older.paymentAttemptId}`);
    expect(attemptAnswer.parse(shown.body)).toMatchObject({
      status: 'DECIDED',
      timeline: [{ event: 'RECEIVED' }, { event: 'DECIDED', supersededBy: newer.paymentAttemptId }],
    });
    expect((await intake.ask(`/v1/attempts/${newer.paymentAttemptId}`)).body).toMatchObject({ status: 'RECEIVED' });
  });

  it('leaves exactly one undecided when ten arrive at once on two instances', async () => {
    const { clientSessionId } = attemptBody();
    const bodies = Array.from({ length: 10 }, () => attemptBody({ clientSessionId }));
    const answers = await Promise.all(bodies.map((body, index) => post(body, index % 2 === 0 ? intake : other)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]));
    const shown = await Promise.all(bodies.map((body) => intake.ask(`/v1/attempts/${body.paymentAttemptId}`)));
    expect(shown.filter((answer) => answer.body.status === 'RECEIVED')).toHaveLength(1);
    expect(shown.filter((answer) => answer.body.status === 'DECIDED')).toHaveLength(9);
  });

  it('does not touch the attempts of another merchant with the same session id', async () => {
    const body = attemptBody();
    await post(body);
    const theirs = attemptBody({ clientSessionId: body.clientSessionId });
    await intake.ask('/v1/attempts', { body: theirs, token: SHOPS.two.key });
    expect((await intake.ask(`/v1/attempts/${body.paymentAttemptId}`)).body).toMatchObject({ status: 'RECEIVED' });
  });
});
