import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemDetails } from '@tollgate/contracts';
import { testDatabase, testTopicPrefix } from '@tollgate/testing';
import {
  attemptBody,
  type IntakeService,
  OPERATOR_TOKEN,
  prepareIntake,
  startIntake,
  stopIntake,
} from './intake-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
let intake: IntakeService;

beforeAll(async () => {
  intake = await startIntake(await prepareIntake(database, topics));
}, 60_000);

afterAll(() => stopIntake(intake));

const order = (changes: object) => ({ order: { ...attemptBody().order, ...changes } });
const method = (changes: object) => ({ paymentMethodToken: { ...attemptBody().paymentMethodToken, ...changes } });
const without = (name: string): object =>
  Object.fromEntries(Object.entries(attemptBody()).filter(([field]) => field !== name));

async function expectProblem(
  answer: { status: number; headers: Headers; body: unknown },
  expected: { status: number; code: string; path?: string },
): Promise<void> {
  expect(answer.status).toBe(expected.status);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  const problem = problemDetails.parse(answer.body);
  expect(problem.code).toBe(expected.code);
  if (expected.path !== undefined) {
    expect(problem.errors?.map(({ path }) => path)).toContain(expected.path);
  }
  // None of it stops the next request.
  expect((await intake.ask('/v1/attempts', { body: attemptBody() })).status).toBe(202);
}

describe('a body that does not fit', () => {
  it.each<[string, string, unknown]>([
    ['a wrong type', 'clientSessionId', attemptBody({ clientSessionId: 42 })],
    ['an object where text belongs', 'order.orderId', attemptBody(order({ orderId: {} }))],
    ['a missing session', 'clientSessionId', without('clientSessionId')],
    ['a missing attempt id', 'paymentAttemptId', without('paymentAttemptId')],
    ['a missing order', 'order', without('order')],
    ['a missing payment method', 'paymentMethodToken', without('paymentMethodToken')],
    ['a missing amount', 'order.amount', attemptBody(order({ amount: undefined }))],
    ['a missing token', 'paymentMethodToken.token', attemptBody(method({ token: undefined }))],
    ['an attempt id that is no UUID', 'paymentAttemptId', attemptBody({ paymentAttemptId: 'attempt-1' })],
    ['a negative amount', 'order.amount', attemptBody(order({ amount: -1 }))],
    ['a fractional amount', 'order.amount', attemptBody(order({ amount: 42.5 }))],
    ['an amount as text', 'order.amount', attemptBody(order({ amount: '4200' }))],
    ['an unknown currency', 'order.currencyCode', attemptBody(order({ currencyCode: 'XYZ' }))],
    ['a currency in small letters', 'order.currencyCode', attemptBody(order({ currencyCode: 'eur' }))],
    ['an over-long order id', 'order.orderId', attemptBody(order({ orderId: 'x'.repeat(257) }))],
    ['an over-long session id', 'clientSessionId', attemptBody({ clientSessionId: 'x'.repeat(257) })],
    ['an over-long customer id', 'order.customerId', attemptBody(order({ customerId: 'x'.repeat(257) }))],
    [
      'an over-long analyticsId',
      'paymentMethodToken.analyticsId',
      attemptBody(method({ analyticsId: 'x'.repeat(257) })),
    ],
    ['an empty order id', 'order.orderId', attemptBody(order({ orderId: '' }))],
    ['a control character', 'order.orderId', attemptBody(order({ orderId: 'a\u0007b' }))],
    ['NUL', 'order.orderId', attemptBody(order({ orderId: 'a\u0000b' }))],
    ['half a surrogate pair', 'order.orderId', attemptBody(order({ orderId: '\ud800' }))],
    ['an array', '', []],
    ['a bare number', '', 42],
    ['null', '', 'null'],
  ])('is a 422 that names the field: %s', async (_case, path, body) => {
    const answer = await intake.ask('/v1/attempts', { body });
    await expectProblem(answer, { status: 422, code: 'VALIDATION_FAILED', path });
  });

  it.each(['9007199254740992', '100.00000000000000001', '1e400'])('is a 422 for the amount %s', async (amount) => {
    const body = JSON.stringify(attemptBody(order({ amount: 0 }))).replace('"amount":0', `"amount":${amount}`);
    const answer = await intake.ask('/v1/attempts', { body });
    await expectProblem(answer, { status: 422, code: 'VALIDATION_FAILED', path: 'order.amount' });
  });

  it.each([0, Number.MAX_SAFE_INTEGER])('is taken with the amount %s', async (amount) => {
    expect((await intake.ask('/v1/attempts', { body: attemptBody(order({ amount })) })).status).toBe(202);
  });

  it('is taken with ids of 256 characters of any script, and with fields nobody has heard of', async () => {
    const body = attemptBody({ ...order({ orderId: '注'.repeat(256) }), clientSessionId: '💳'.repeat(128), more: [1] });
    expect((await intake.ask('/v1/attempts', { body })).status).toBe(202);
  });

  it.each(['{"a":', 'hello', '', '{"a":1}}'])('is a 400 when it is not JSON: %j', async (body) => {
    const answer = await intake.ask('/v1/attempts', { method: 'POST', body });
    await expectProblem(answer, { status: 400, code: 'MALFORMED_JSON' });
  });

  it('is a 413 above 256 kB', async () => {
    const body = attemptBody({ padding: 'x'.repeat(256 * 1024) });
    await expectProblem(await intake.ask('/v1/attempts', { body }), { status: 413, code: 'BODY_TOO_LARGE' });
  });

  it('is a 415 with another content type', async () => {
    const headers = { 'content-type': 'text/plain' };
    const answer = await intake.ask('/v1/attempts', { body: JSON.stringify(attemptBody()), headers });
    await expectProblem(answer, { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });
});

describe('a key', () => {
  const paths: Array<[string, string]> = [
    ['POST', '/v1/attempts'],
    ['GET', '/v1/attempts/00000000-0000-4000-8000-000000000000'],
    ['GET', '/v1/attempts/00000000-0000-4000-8000-000000000000/events'],
    ['GET', '/v1/attempts/00000000-0000-4000-8000-000000000000/events?token=forged.token'],
    ['POST', '/v1/attempts/00000000-0000-4000-8000-000000000000/abort'],
    ['GET', '/v1/attempts/no-uuid/events'],
    ['GET', '/nowhere'],
  ];

  it.each(paths)('that is wrong is a 401, whatever is asked for: %s %s', async (verb, path) => {
    const body = verb === 'POST' ? { body: 'not json', headers: { 'content-type': 'text/plain' } } : {};
    const answer = await intake.ask(path, { method: verb, token: 'wrong', ...body });
    await expectProblem(answer, { status: 401, code: 'UNAUTHENTICATED' });
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  it('that is missing is a 401', async () => {
    const answer = await intake.ask('/v1/attempts', { method: 'POST', headers: { authorization: '' } });
    await expectProblem(answer, { status: 401, code: 'UNAUTHENTICATED' });
  });

  it("that is the operator's cannot post or abort attempts: 403", async () => {
    const posted = await intake.ask('/v1/attempts', { body: attemptBody(), token: OPERATOR_TOKEN });
    await expectProblem(posted, { status: 403, code: 'SCOPE_MISSING' });
    const path = '/v1/attempts/00000000-0000-4000-8000-000000000000/abort';
    const aborted = await intake.ask(path, { body: { reason: 'customer-left' }, token: OPERATOR_TOKEN });
    await expectProblem(aborted, { status: 403, code: 'SCOPE_MISSING' });
  });

  it("that is a shop's cannot read metrics: 403", async () => {
    await expectProblem(await intake.ask('/metrics'), { status: 403, code: 'SCOPE_MISSING' });
  });
});

describe('an attempt that is not there', () => {
  const missing = '/v1/attempts/00000000-0000-4000-8000-000000000000';

  it.each([missing, `${missing}/events`])('is a 404: GET %s', async (path) => {
    await expectProblem(await intake.ask(path), { status: 404, code: 'ATTEMPT_NOT_FOUND' });
  });

  it('is a 404 when it shall be aborted', async () => {
    const answer = await intake.ask(`${missing}/abort`, { body: { reason: 'customer-left' } });
    await expectProblem(answer, { status: 404, code: 'ATTEMPT_NOT_FOUND' });
  });

  it.each(['/v1/attempts/attempt-1', `/v1/attempts/${'x'.repeat(300)}`, '/v1/attempts/attempt-1/events'])(
    'is a 422 when its id is no UUID: GET %s',
    async (path) => {
      await expectProblem(await intake.ask(path), { status: 422, code: 'VALIDATION_FAILED' });
    },
  );

  it.each([{}, { reason: 'because' }, { reason: 'superseded' }, { reason: 1 }])(
    'is not aborted for a reason that is not on the list: %j',
    async (body) => {
      const answer = await intake.ask(`${missing}/abort`, { body });
      await expectProblem(answer, { status: 422, code: 'VALIDATION_FAILED', path: 'reason' });
    },
  );
});
