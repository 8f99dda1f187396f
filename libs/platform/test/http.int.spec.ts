import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { problemDetails, type ErrorCode } from '@tollgate/contracts';
import { eventually } from '@tollgate/testing';
import { ServiceLifetime } from '../src/index.ts';
import { requestAsIs, sendBytes } from './raw-http.ts';
import { MERCHANT_KEY, OPERATOR_TOKEN, READER_KEY, startTinyService, type TinyService } from './tiny-service.ts';

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const JSON_TYPE = { 'content-type': 'application/json' };
const asMerchant = { ...bearer(MERCHANT_KEY), ...JSON_TYPE };
const anOrder = JSON.stringify({ order: { amount: 1200, orderId: 'o-1' } });

let service: TinyService;
beforeAll(async () => {
  service = await startTinyService();
});
afterAll(async () => {
  await service.app.close();
});

async function call(path: string, init: RequestInit = {}) {
  const response = await fetch(`${service.url}${path}`, init);
  const text = await response.text();
  return { response, status: response.status, headers: response.headers, text };
}

const post = (body: RequestInit['body'], headers: Record<string, string> = asMerchant, path = '/v1/orders') =>
  call(path, { method: 'POST', headers, body });

function expectProblem(answer: Awaited<ReturnType<typeof call>>, status: number, code: ErrorCode) {
  expect({ status: answer.status, text: answer.text }).toEqual({ status, text: expect.stringContaining(`"${code}"`) });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = problemDetails.parse(JSON.parse(answer.text));
  expect(problem).toMatchObject({ status, code, traceId: answer.headers.get('x-request-id') });
  return problem;
}

describe('a key', () => {
  it('that carries the scope is let in, and the handler learns whose it is', async () => {
    const answer = await post(anOrder);
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toEqual({ amount: 1200, caller: 'm-1' });
  });

  it.each([
    ['is missing', {}],
    ['is wrong', bearer('nobody-has-this-key')],
    ['comes in another scheme', { authorization: `Basic ${Buffer.from(`x:${OPERATOR_TOKEN}`).toString('base64')}` }],
    ['is empty', { authorization: 'Bearer ' }],
    ['holds control characters', { authorization: 'Bearer a\tb' }],
    ['is over-long', bearer('k'.repeat(2000))],
  ])('that %s is answered 401 before content type, body and size are looked at', async (_how, headers) => {
    const answer = await post('not json'.repeat(100_000), { ...headers, 'content-type': 'text/xml' });
    expectProblem(answer, 401, 'UNAUTHENTICATED');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="tollgate"');
  });

  it('is asked for before it is told whether a route exists', async () => {
    expectProblem(await call('/v1/nowhere'), 401, 'UNAUTHENTICATED');
    expectProblem(await call('/v1/nowhere', { headers: bearer(MERCHANT_KEY) }), 404, 'NOT_FOUND');
    expectProblem(await post('{', asMerchant, '/v1/nowhere'), 404, 'NOT_FOUND');
  });

  it('without the scope is answered 403, also when the body is bad', async () => {
    expectProblem(await post('{', { ...bearer(READER_KEY), ...JSON_TYPE }), 403, 'SCOPE_MISSING');
  });

  it("of the operator reads attempts, but can't post any", async () => {
    const read = await call('/v1/orders/o-1', { headers: bearer(OPERATOR_TOKEN) });
    expect(JSON.parse(read.text)).toMatchObject({ id: 'o-1', kind: 'operator' });
    expectProblem(await post(anOrder, { ...bearer(OPERATOR_TOKEN), ...JSON_TYPE }), 403, 'SCOPE_MISSING');
  });

  it('that cannot be looked up is answered 503 to be retried, never 401, and nothing of the reason shows', async () => {
    service.switches.lookupAway = true;
    try {
      const answer = await post(anOrder);
      const problem = expectProblem(answer, 503, 'DATABASE_UNAVAILABLE');
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(problem).not.toHaveProperty('detail');
      expect(answer.text).not.toContain('db.internal');
      expect((await call('/v1/orders/o-1', { headers: bearer(OPERATOR_TOKEN) })).status).toBe(200);
    } finally {
      service.switches.lookupAway = false;
    }
  });

  it('that is revoked while the body is still coming does nothing any more', async () => {
    const before = service.switches.lookups;
    const [head, rest] = [anOrder.slice(0, 5), anOrder.slice(5)];
    async function* slowly() {
      yield head;
      await eventually(async () => expect(service.switches.lookups).toBe(before + 1));
      service.switches.keysRevoked = true;
      yield rest;
    }
    try {
      const body = ReadableStream.from(slowly()).pipeThrough(new TextEncoderStream());
      const init = { method: 'POST', headers: asMerchant, body, duplex: 'half' } as RequestInit;
      expectProblem(await call('/v1/orders', init), 401, 'UNAUTHENTICATED');
    } finally {
      service.switches.keysRevoked = false;
    }
  });

  it('of the operator alone opens a route that says nothing about access', async () => {
    expectProblem(await call('/v1/unmarked'), 401, 'UNAUTHENTICATED');
    expectProblem(await call('/v1/unmarked', { headers: bearer(MERCHANT_KEY) }), 403, 'SCOPE_MISSING');
    expect((await call('/v1/unmarked', { headers: bearer(OPERATOR_TOKEN) })).status).toBe(200);
  });
});

describe('a bad request is told what is wrong with it', () => {
  it.each([
    ['not JSON', '{"order":'],
    ['an empty body', ''],
    ['nested 10,000 levels deep', `${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['nested objects 10,000 levels deep', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['a __proto__ key', '{"__proto__":{"admin":true},"order":{"amount":1,"orderId":"o"}}'],
    ['an escaped __proto__ key', String.raw`{"\u005f_proto__":{"admin":true}}`],
    ['a constructor.prototype key', '{"constructor":{"prototype":{"admin":true}}}'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['two values', '{} {}'],
  ])('%s: 400', async (_what, body) => {
    expectProblem(await post(body as RequestInit['body']), 400, 'MALFORMED_JSON');
  });

  it.each<[string, unknown, string]>([
    ['a wrong type', { order: { amount: '12', orderId: 'o-1' } }, 'order.amount'],
    ['a missing field', { order: { amount: 12 } }, 'order.orderId'],
    ['a negative amount', { order: { amount: -1, orderId: 'o-1' } }, 'order.amount'],
    ['a fractional amount', { order: { amount: 1.5, orderId: 'o-1' } }, 'order.amount'],
    ['an over-long id', { order: { amount: 1, orderId: 'o'.repeat(257) } }, 'order.orderId'],
    ['a list instead of an object', [], ''],
    ['null', null, ''],
    [
      'U+0000 in a free-form field',
      { order: { amount: 1, orderId: 'o-1' }, metadata: { a: ['\u0000'] } },
      'metadata.a.0',
    ],
    ['half a surrogate pair', { order: { amount: 1, orderId: 'o-1' }, metadata: { '\ud800': 1 } }, 'metadata'],
  ])('%s: 422 with the path', async (_what, body, path) => {
    const problem = expectProblem(await post(JSON.stringify(body)), 422, 'VALIDATION_FAILED');
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  });

  it.each(['9007199254740993', '100.00000000000000001', '1e-400', '1e20', '-9007199254740993', '12345678901234567890'])(
    'an amount of %s, which would be rounded: 422, never another amount',
    async (amount) => {
      const problem = expectProblem(
        await post(`{"order":{"amount":${amount},"orderId":"o-1"}}`),
        422,
        'VALIDATION_FAILED',
      );
      expect(problem.errors).toEqual([{ path: 'order.amount', message: expect.not.stringContaining('bigint') }]);
    },
  );

  it('takes the largest exact amount, and 12.0 for 12', async () => {
    expect((await post('{"order":{"amount":9007199254740991,"orderId":"o-1"}}')).status).toBe(201);
    expect((await post('{"order":{"amount":12.000000000000000000,"orderId":"o-1"}}')).text).toContain('"amount":12,');
  });

  it.each([
    ['another type', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['no type that can be read', 'json'],
    ['another charset', 'application/json; charset=latin1'],
    ['none', undefined],
  ])('a body with %s: 415', async (_what, type) => {
    const headers: Record<string, string> = {
      ...bearer(MERCHANT_KEY),
      ...(type === undefined ? {} : { 'content-type': type }),
    };
    expectProblem(await post(Buffer.from(anOrder), headers), 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  it('a compressed body: 415; UTF-8 in any spelling is fine', async () => {
    expectProblem(await post(anOrder, { ...asMerchant, 'content-encoding': 'gzip' }), 415, 'UNSUPPORTED_MEDIA_TYPE');
    const spelled = { ...asMerchant, 'content-type': 'application/json; charset="UTF-8"' };
    expect((await post(`\ufeff${anOrder}`, spelled)).status).toBe(201);
  });

  it('no body and no type: 422 for the body as a whole', async () => {
    const answer = await call('/v1/orders', { method: 'POST', headers: bearer(MERCHANT_KEY) });
    expectProblem(answer, 422, 'VALIDATION_FAILED');
  });

  it('a body over 256 kB: 413, announced or streamed', async () => {
    const large = JSON.stringify({ order: { amount: 1, orderId: 'o'.repeat(256 * 1024) } });
    expectProblem(await post(large), 413, 'BODY_TOO_LARGE');
    const streamed = new Blob([large]).stream();
    const init = { method: 'POST', headers: asMerchant, body: streamed, duplex: 'half' } as RequestInit;
    expectProblem(await call('/v1/orders', init), 413, 'BODY_TOO_LARGE');
  });

  it('another method: 405 with those that are allowed', async () => {
    const answer = await call('/v1/orders/o-1', { method: 'DELETE', headers: bearer(MERCHANT_KEY) });
    expectProblem(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });

  it('a malformed or over-long target: the key first, then 400', async () => {
    expectProblem(await requestAsIs(service.url, '/v1/orders/%zz', {}), 401, 'UNAUTHENTICATED');
    expectProblem(await requestAsIs(service.url, '/v1/orders/%zz', bearer(MERCHANT_KEY)), 400, 'MALFORMED_REQUEST');
    const long = `/v1/orders/${'x'.repeat(2000)}`;
    expectProblem(await requestAsIs(service.url, long, {}), 401, 'UNAUTHENTICATED');
    expectProblem(await requestAsIs(service.url, long, bearer(MERCHANT_KEY)), 400, 'MALFORMED_REQUEST');
  });

  it('an over-long id in the path: 422; U+0000 there: 422, with a schema or without', async () => {
    const headers = bearer(MERCHANT_KEY);
    const tooLong = expectProblem(await call(`/v1/orders/${'x'.repeat(300)}`, { headers }), 422, 'VALIDATION_FAILED');
    expect(tooLong.errors).toEqual([expect.objectContaining({ path: 'id' })]);
    expectProblem(await call('/v1/orders/a%00b', { headers }), 422, 'VALIDATION_FAILED');
    const problem = expectProblem(await call('/v1/raw/a%00b', { headers }), 422, 'VALIDATION_FAILED');
    expect(problem.errors?.[0]?.path).toBe('id');
  });

  it('bytes that are no HTTP: a problem on the socket', async () => {
    const answer = await sendBytes(service.url, 'GET / HTTP/9.9\r\nbad\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('application/problem+json');
  });

  it('and the next request is served as if nothing had been', async () => {
    expect((await post(anOrder)).status).toBe(201);
  });
});

describe('an error', () => {
  it('of the core is answered with its code, detail and facts', async () => {
    const problem = expectProblem(await call('/v1/fails/conflict'), 409, 'ATTEMPT_CONFLICT');
    expect(problem).toMatchObject({
      type: 'urn:tollgate:problem:attempt-conflict',
      detail: 'Other amount',
      facts: { fields: ['order.amount'], was: '12' },
    });
  });

  it('that passes says when to come back', async () => {
    const answer = await call('/v1/fails/overload');
    expectProblem(answer, 503, 'OVERLOADED');
    expect(answer.headers.get('retry-after')).toBe('7');
  });

  it('that nobody expected is a 500 without its text', async () => {
    const answer = await call('/v1/fails/unexpectedly');
    const problem = expectProblem(answer, 500, 'INTERNAL');
    expect(Object.keys(problem).toSorted()).toEqual(['code', 'status', 'title', 'traceId', 'type']);
  });
});

describe('the log', () => {
  it('names the error and the route, and holds no secret of headers, bodies, queries or errors', async () => {
    const secret = 'tok-secret-body';
    await post(JSON.stringify({ order: { amount: 1, orderId: 'o-1' }, metadata: { token: secret } }));
    await post(`{"token":"${secret}"`);
    await call('/v1/fails/unexpectedly?token=tok-secret-query-string', {
      headers: { cookie: 'tok-secret-cookie', 'x-api-key': 'tok-secret-header' },
    });
    const logged = service.logged();
    expect(logged).toContain('"A request failed"');
    expect(logged).toContain('"route":"/v1/fails/:how"');
    expect(logged).toContain('"code":"23505"');
    expect(logged).toContain('"table":"attempts"');
    expect(logged).not.toContain('tok-secret');
    for (const key of [OPERATOR_TOKEN, MERCHANT_KEY, READER_KEY, '4111 1111 1111 1111']) {
      expect(logged).not.toContain(key);
    }
  });
});

describe('a raw-body route', () => {
  it.each<[string, Buffer, Record<string, string>]>([
    ['JSON', Buffer.from('{ "a" : 1 }'), JSON_TYPE],
    ['bytes of no type', Buffer.from([0, 255, 254]), {}],
    ['bytes of an unreadable type', Buffer.from('x'), { 'content-type': ';;;' }],
    ['an unknown type', Buffer.from('<x/>'), { 'content-type': 'text/xml; charset=latin1' }],
    ['something compressed', Buffer.from([31, 139]), { ...JSON_TYPE, 'content-encoding': 'gzip' }],
    ['nothing', Buffer.alloc(0), {}],
  ])('hands on %s exactly as it came', async (_what, bytes, headers) => {
    const answer = await post(bytes as unknown as RequestInit['body'], headers, '/v1/hook');
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toEqual({ bytes: bytes.toString('hex') });
  });

  it('keeps the body limit', async () => {
    expectProblem(await post(Buffer.alloc(300 * 1024), {}, '/v1/hook'), 413, 'BODY_TOO_LARGE');
  });
});

describe('the trace', () => {
  it("goes on with the caller's and names it in the answer", async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
    const answer = await call('/v1/orders/o-1', { headers: { ...bearer(MERCHANT_KEY), traceparent } });
    expect(answer.headers.get('x-request-id')).toBe(traceId);
    expect(JSON.parse(answer.text).traceparent).toMatch(
      new RegExp(`^00-${traceId}-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$`),
    );
  });

  it('is begun anew when the header is no trace, on errors too', async () => {
    const answer = await call('/v1/nowhere', { headers: { traceparent: 'rubbish' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('what operators ask for', () => {
  it('probes are open: live always, ready only when everything is', async () => {
    expect((await call('/health/live')).status).toBe(200);
    expect(JSON.parse((await call('/health/ready')).text)).toEqual({
      status: 'ready',
      phase: 'running',
      checks: { dependency: 'up' },
    });
  });

  it('metrics take the operator token', async () => {
    expectProblem(await call('/metrics'), 401, 'UNAUTHENTICATED');
    expectProblem(await call('/metrics', { headers: bearer(MERCHANT_KEY) }), 403, 'SCOPE_MISSING');
    const answer = await call('/metrics', { headers: bearer(OPERATOR_TOKEN) });
    expect(answer.headers.get('content-type')).toContain('text/plain');
    expect(answer.text).toContain('nodejs_eventloop_lag_seconds{service="tiny"}');
    expect(answer.text).toContain(
      'http_request_duration_seconds_count{service="tiny",method="POST",route="/v1/orders",status="201"}',
    );
  });

  it('the OpenAPI document has a schema and an example for every answer', async () => {
    expectProblem(await call('/openapi.json'), 401, 'UNAUTHENTICATED');
    const document = JSON.parse((await call('/openapi.json', { headers: bearer(OPERATOR_TOKEN) })).text);
    const operation = document.paths['/v1/orders'].post;
    expect(operation.requestBody.content['application/json'].schema.properties.order).toBeDefined();
    expect(operation.responses['201'].content['application/json']).toMatchObject({
      schema: { type: 'object', properties: { amount: { type: 'integer' } } },
      example: { amount: 1, caller: 'm-1' },
    });
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['201', '401', '403', '409', '422']));
    expect(document.components.schemas.ProblemDetails.properties.code.enum).toContain('ATTEMPT_CONFLICT');
    expect(operation.responses['409'].content['application/problem+json'].examples.ATTEMPT_CONFLICT.value.code).toBe(
      'ATTEMPT_CONFLICT',
    );
  });

  it('the documentation page opens in a browser with the operator token as password', async () => {
    const closed = await call('/docs');
    expectProblem(closed, 401, 'UNAUTHENTICATED');
    expect(closed.headers.get('www-authenticate')).toContain('Basic');
    const authorization = `Basic ${Buffer.from(`anyone:${OPERATOR_TOKEN}`).toString('base64')}`;
    const page = await call('/docs', { headers: { authorization } });
    expect(page.status).toBe(200);
    expect(page.text).toContain('swagger-ui');
    expect((await call('/docs/swagger-ui.css', { headers: { authorization } })).status).toBe(200);
    expectProblem(await call('/docs/swagger-ui.css'), 401, 'UNAUTHENTICATED');
  });

  it('an emulator may open its OpenAPI document', async () => {
    const emulator = await startTinyService({ openApiOpen: true });
    try {
      expect((await fetch(`${emulator.url}/openapi.json`)).status).toBe(200);
      expect((await fetch(`${emulator.url}/docs`)).status).toBe(401);
    } finally {
      await emulator.app.close();
    }
  });
});

describe('a service that is not all there', () => {
  it('is red without saying why, green again by itself, and red from the first wish to stop on', async () => {
    const tiny = await startTinyService();
    const ready = async () => {
      const response = await fetch(`${tiny.url}/health/ready`);
      return { status: response.status, body: await response.text() };
    };
    try {
      tiny.switches.dependencyAway = true;
      const red = await ready();
      expect(red.status).toBe(503);
      expect(red.body).toContain('"dependency":"down"');
      expect(red.body).not.toContain('secret-host');
      tiny.app.get(ServiceLifetime).stop();
      expect((await ready()).body).toContain('"phase":"stopping"');
    } finally {
      await tiny.app.close();
    }
  });
});
