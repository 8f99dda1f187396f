import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import type { ProblemDetails } from '@tollgate/contracts';
import { APPS_WITH_REVIEW, findDifferentDecisions, request, startStack } from '@tollgate/testing';
import type { Checkout, HttpAnswer } from '@tollgate/testing';

import { crawlAccess } from './access-crawl.ts';

const stack = await startStack(import.meta.url, { running: [...APPS_WITH_REVIEW, 'console'] });
const { shop, credentials } = stack;
const attemptsUrl = `${stack.services.intake.url}/v1/attempts`;
const sample = await shop.beginCheckout();

type Body = Checkout['body'];

describe('a body that does not fit', () => {
  const rows: [what: string, spoil: (body: Body) => unknown, path: string][] = [
    ['a missing field', (body) => ({ ...body, paymentAttemptId: undefined }), 'paymentAttemptId'],
    ['a missing field within', (body) => withOrder(body, { orderId: undefined }), 'order.orderId'],
    ['a wrong type', (body) => ({ ...body, clientSessionId: 7 }), 'clientSessionId'],
    ['an amount as text', (body) => withOrder(body, { amount: '4200' }), 'order.amount'],
    ['a negative amount', (body) => withOrder(body, { amount: -1 }), 'order.amount'],
    ['a fractional amount', (body) => withOrder(body, { amount: 42.5 }), 'order.amount'],
    ['an amount above 2^53 - 1', (body) => withOrder(body, { amount: 2 ** 53 }), 'order.amount'],
    ['an unknown currency', (body) => withOrder(body, { currencyCode: 'EUX' }), 'order.currencyCode'],
    ['a currency in small letters', (body) => withOrder(body, { currencyCode: 'eur' }), 'order.currencyCode'],
    ['an id of 257 characters', (body) => withOrder(body, { orderId: 'o'.repeat(257) }), 'order.orderId'],
    ['an id with a control character', (body) => withOrder(body, { orderId: 'order\u0000' }), 'order.orderId'],
    ['an attempt id that is no UUID', (body) => ({ ...body, paymentAttemptId: 'attempt-1' }), 'paymentAttemptId'],
    ['no order', (body) => ({ ...body, order: undefined }), 'order'],
    ['a list instead of an object', () => [], ''],
    ['null', () => null, ''],
  ];

  it.each(rows)('is answered 422 with the path of %s', async (_what, spoil, path) => {
    const answer = await postRaw(JSON.stringify(spoil(sample.body)));

    expectProblem(answer, 422, 'VALIDATION_FAILED');
    expect(answer.body.errors?.map((error) => error.path)).toContain(path);
    await expectNextIsServed();
  });

  it.each([
    ['not JSON', '{"clientSessionId": '],
    ['empty', ''],
  ])('is answered 400 when it is %s', async (_what, text) => {
    expectProblem(await postRaw(text), 400, 'MALFORMED_JSON');
    await expectNextIsServed();
  });

  it('is answered 413 when it is larger than 256 kB', async () => {
    const body = { ...sample.body, binData: { padding: 'x'.repeat(256 * 1024) } };

    expectProblem(await postRaw(JSON.stringify(body)), 413, 'BODY_TOO_LARGE');
    await expectNextIsServed();
  });

  it('is answered 415 when its content type is not JSON', async () => {
    const answer = await postRaw(JSON.stringify(sample.body), { 'content-type': 'text/plain' });

    expectProblem(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
    await expectNextIsServed();
  });
});

describe('a caller', () => {
  const tooLarge = 'x'.repeat(300 * 1024);

  it.each([
    ['no key', undefined],
    ['a wrong key', 'Bearer intake_wrong'],
    ['another scheme', 'Basic aW50YWtlOmtleQ=='],
  ])('with %s is answered 401 before anything else is looked at', async (_what, authorization) => {
    const headers = { 'content-type': 'text/plain', ...(authorization === undefined ? {} : { authorization }) };
    const answers = [
      await request<ProblemDetails>(attemptsUrl, { body: JSON.stringify(sample.body), headers }),
      await request<ProblemDetails>(attemptsUrl, { body: tooLarge, headers }),
      await request<ProblemDetails>(`${attemptsUrl}/${randomUUID()}`, { headers }),
    ];

    for (const answer of answers) expectProblem(answer, 401, 'UNAUTHENTICATED');
    await expectNextIsServed();
  });

  it('with the operator token cannot post attempts', async () => {
    const answer = await request<ProblemDetails>(attemptsUrl, { token: credentials.operatorToken, body: sample.body });

    expectProblem(answer, 403, 'SCOPE_MISSING');
  });

  it('with the intake key cannot read what is the operator’s', async () => {
    const token = credentials.intakeApiKey;
    const answers = [
      await stack.ask<ProblemDetails>('ledger', '/v1/trial-balance', { token }),
      await stack.ask<ProblemDetails>('gateway', `/v1/actions/${sample.paymentAttemptId}`, { token }),
      await stack.ask<ProblemDetails>('sandbox', '/_sandbox/stats', { token: undefined }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 401]);
  });
});

describe('an attempt', () => {
  it('that nobody has posted is 404', async () => {
    const answer = await request<ProblemDetails>(`${attemptsUrl}/${randomUUID()}`, { token: credentials.intakeApiKey });

    expectProblem(answer, 404, 'ATTEMPT_NOT_FOUND');
  });

  it('posted with another identity is 409 and names the fields that differ', async () => {
    const checkout = await shop.beginCheckout();
    expect((await shop.post(checkout, { waitSeconds: 30 })).status).toBe(200);
    const other = withOrder(checkout.body, { amount: 9_900, currencyCode: 'USD' });

    const answer = await postRaw(JSON.stringify(other));

    expectProblem(answer, 409, 'ATTEMPT_CONFLICT');
    expect(JSON.stringify(answer.body)).toMatch(/amount/);
    expect(JSON.stringify(answer.body)).toMatch(/currency/);
    expect(JSON.stringify(answer.body)).not.toMatch(/orderId/);
  });

  it('with an amount of nothing and an id of 256 characters is taken', async () => {
    const checkout = await shop.beginCheckout({ amount: 0 });
    const body = withOrder(checkout.body, { orderId: 'o'.repeat(256) });

    expect((await postRaw(JSON.stringify(body))).status).toBe(202);
  });
});

describe('a route', () => {
  it('is listed, opens to nobody without a key, and to each principal as the matrix says', async () => {
    const { asked, ...complaints } = await crawlAccess(stack);

    expect(complaints).toEqual({ unlisted: [], unserved: [], unguarded: [], wrongCells: [] });
    expect(asked).toBeGreaterThan(300);
  });
});

it('every decision of the rules comes out the same again', async () => {
  expect(await findDifferentDecisions(stack)).toEqual([]);
});

function withOrder(body: Body, changes: Record<string, unknown>): Body {
  return { ...body, order: { ...body.order, ...changes } };
}

async function postRaw(body: string, headers: Record<string, string> = {}): Promise<HttpAnswer<ProblemDetails>> {
  return request(attemptsUrl, { method: 'POST', token: credentials.intakeApiKey, body, headers });
}

function expectProblem({ status, headers, body }: HttpAnswer<ProblemDetails>, expected: number, code: string): void {
  expect({ status, code: body.code, inBody: body.status }).toEqual({ status: expected, code, inBody: expected });
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(body.title).not.toBe('');
  expect(body.type).toMatch(/^urn:tollgate:problem:/);
}

/** A bad request stops nobody: the next good one is answered. */
async function expectNextIsServed(): Promise<void> {
  const { status } = await request(`${stack.services.intake.url}/health/live`);
  expect(status).toBe(200);
  expect([200, 202]).toContain((await shop.post(sample)).status);
}
