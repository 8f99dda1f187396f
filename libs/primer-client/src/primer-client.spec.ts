import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AnsweringServer, json, reset } from '../test/answering-server.ts';
import { PrimerClient, type PrimerClientOptions } from './primer-client.ts';

const ATTEMPT = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const API_KEY = 'key-that-must-not-leak';

let server: AnsweringServer;
let client: PrimerClient;

beforeEach(async () => {
  server = await AnsweringServer.start();
  client = connect();
});

afterEach(async () => {
  await client.destroy();
  await server.stop();
});

function connect(options: Partial<PrimerClientOptions> = {}): PrimerClient {
  return new PrimerClient({ baseUrl: server.url, apiKey: API_KEY, ...options });
}

describe('approve and abort', () => {
  it('sends approve without a body, with key and version', async () => {
    await client.approve(ATTEMPT);
    expect(server.seen[0]).toMatchObject({
      line: `POST /payment-attempts/${ATTEMPT}/approve`,
      body: '',
      headers: { 'x-api-key': API_KEY, 'x-api-version': '2.4', 'content-length': '0' },
    });
  });

  it('sends the reason of an abort and nothing else', async () => {
    await client.abort(ATTEMPT, 'rule-matched');
    await client.abort(ATTEMPT);
    expect(server.seen.map(({ body }) => body)).toEqual(['{"reason":"rule-matched"}', '']);
  });

  it('prefers the key of the call, so that merchants share one pool', async () => {
    await client.approve(ATTEMPT, { apiKey: 'another-merchant' });
    expect(server.seen[0]?.headers['x-api-key']).toBe('another-merchant');
  });

  it.each(['merchantPaymentId', 'paymentId'])('reads the payment id from %s', async (field) => {
    server.answer = (response) => json(response, 200, { paymentAttemptId: ATTEMPT, [field]: 'IHQlakKC' });
    const call = await client.approve(ATTEMPT);
    expect(call).toEqual({ kind: 'answered', status: 200, understood: true, paymentId: 'IHQlakKC' });
  });

  it('keeps the whole error envelope', async () => {
    const error = {
      errorId: 'IdempotencyKeyAlreadyExists',
      description: 'A payment exists.',
      recoverySuggestion: 'Look it up.',
      diagnosticsId: '1234567898',
      validationErrors: [{ model: 'M', errors: [{ path: '$.amount', description: 'Missing' }] }],
      paymentId: 'IHQlakKC',
      paymentStatus: 'AUTHORIZED',
    };
    server.answer = (response) => json(response, 409, { error });
    expect(await client.approve(ATTEMPT)).toEqual({
      kind: 'answered',
      status: 409,
      understood: true,
      errorId: 'IdempotencyKeyAlreadyExists',
      paymentId: 'IHQlakKC',
      error,
    });
  });

  it('says how long a 429 asks to wait', async () => {
    server.answer = (response) => json(response, 429, {}, { 'retry-after': '3' });
    expect(await client.approve(ATTEMPT)).toMatchObject({ kind: 'answered', status: 429, retryAfterMs: 3000 });
  });

  it.each([408, 500, 502, 503, 504])('takes a %i for an unknown outcome', async (status) => {
    server.answer = (response) => json(response, status, {});
    expect(await client.approve(ATTEMPT)).toEqual({ kind: 'unknown', reason: 'server-error', status });
  });

  it('does not follow a redirect', async () => {
    server.answer = (response) => json(response, 307, {}, { location: '/elsewhere' });
    expect(await client.approve(ATTEMPT)).toMatchObject({ kind: 'answered', status: 307, understood: false });
    expect(server.seen).toHaveLength(1);
  });

  it('does not take an answer about another attempt for its own', async () => {
    server.answer = (response) => json(response, 200, { paymentAttemptId: 'another', merchantPaymentId: 'p' });
    expect(await client.approve(ATTEMPT)).toMatchObject({ status: 200, understood: false });
  });

  it.each([
    ['nothing at all', {}],
    ["a proxy's notice", { message: 'down for maintenance' }],
    ['an error', { error: { errorId: 'InvalidPaymentAttemptTransition', description: 'd' } }],
    ['an error beside the attempt', { paymentAttemptId: ATTEMPT, error: { errorId: 'E', description: 'd' } }],
  ])('does not take a 200 that says %s for an abort that was carried out', async (_what, body) => {
    server.answer = (response) => json(response, 200, body);
    expect(await client.abort(ATTEMPT)).toMatchObject({ kind: 'answered', status: 200, understood: false });
  });

  it('understands the documented answer to an abort', async () => {
    server.answer = (response) => json(response, 200, { paymentAttemptId: ATTEMPT.toUpperCase() });
    expect(await client.abort(ATTEMPT)).toEqual({ kind: 'answered', status: 200, understood: true });
  });

  it('does not take a 200 that is not JSON for understood', async () => {
    server.answer = (response) => response.writeHead(200).end('<html>');
    expect(await client.approve(ATTEMPT)).toMatchObject({ status: 200, understood: false });
  });
});

describe('trouble on the way', () => {
  it('says notSent when nobody listens', async () => {
    const lonely = new PrimerClient({ baseUrl: 'http://127.0.0.1:1', apiKey: API_KEY });
    expect(await lonely.approve(ATTEMPT)).toEqual({ kind: 'notSent', reason: 'connect-failed' });
    await lonely.destroy();
  });

  it('says notSent when the name does not resolve', async () => {
    const lost = new PrimerClient({ baseUrl: 'http://primer.invalid', apiKey: API_KEY });
    expect(await lost.approve(ATTEMPT)).toEqual({ kind: 'notSent', reason: 'connect-failed' });
    await lost.destroy();
  });

  it('says unknown when the connection is reset after the request', async () => {
    server.answer = reset;
    expect(await client.approve(ATTEMPT)).toEqual({ kind: 'unknown', reason: 'connection-lost' });
    expect(server.seen).toHaveLength(1);
  });

  it('says unknown when the answer breaks off', async () => {
    server.answer = (response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"merch');
      setImmediate(() => response.destroy());
    };
    expect(await client.approve(ATTEMPT)).toMatchObject({ kind: 'unknown', status: 200 });
  });

  it('says unknown when the answer does not come in time', async () => {
    await client.approve(ATTEMPT); // Opens the connection: its time is not what is tested.
    server.answer = () => {};
    const call = await client.approve(ATTEMPT, { timeoutMs: 200 });
    expect(call).toEqual({ kind: 'unknown', reason: 'call-timeout' });
  });

  it('says unknown when the answer drips beyond the call’s time', async () => {
    await client.approve(ATTEMPT); // Opens the connection: its time is not what is tested.
    server.answer = (response) => {
      response.writeHead(200, { 'content-length': '1000000' });
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    };
    const call = await client.approve(ATTEMPT, { timeoutMs: 300 });
    expect(call).toMatchObject({ kind: 'unknown', reason: 'call-timeout' });
  });

  it('says unknown when the answer is larger than the limit', async () => {
    client = connect({ answerBytesMax: 1000 });
    server.answer = (response) => json(response, 200, { filler: 'x'.repeat(2000) });
    expect(await client.approve(ATTEMPT)).toMatchObject({ kind: 'unknown', reason: 'answer-too-large' });
  });

  it('says notSent for a call that ran out of time in the queue, and never sends it later', async () => {
    client = connect({ connectionsMax: 1 });
    let release = () => {};
    const arrived = Promise.withResolvers<void>();
    server.answer = (response) => {
      release = () => json(response, 200, {});
      arrived.resolve();
    };
    const first = client.approve(ATTEMPT);
    await arrived.promise;
    expect(await client.abort(ATTEMPT, undefined, { timeoutMs: 50 })).toEqual({
      kind: 'notSent',
      reason: 'call-timeout',
    });
    release();
    expect(await first).toMatchObject({ status: 200 });
    server.answer = (response) => json(response, 200, {});
    await client.approve(ATTEMPT);
    expect(server.seen.map(({ line }) => line.split('/').at(-1))).toEqual(['approve', 'approve']);
  });

  it('asks directly before the first byte whether it may still send', async () => {
    expect(await client.approve(ATTEMPT, { maySend: () => false })).toEqual({
      kind: 'notSent',
      reason: 'send-refused',
    });
    expect(server.seen).toEqual([]);
  });

  it('ends at once when it is cancelled', async () => {
    server.answer = () => {};
    const controller = new AbortController();
    const call = client.approve(ATTEMPT, { signal: controller.signal });
    controller.abort();
    expect((await call).kind).not.toBe('answered');
    expect(await client.approve(ATTEMPT, { signal: controller.signal })).toEqual({
      kind: 'notSent',
      reason: 'cancelled',
    });
  });

  it('shows the key in no result and in no error', async () => {
    server.answer = reset;
    const results: unknown[] = [await client.approve(ATTEMPT), await client.getPayment('p')];
    results.push(await client.approve(ATTEMPT, { apiKey: `${API_KEY}\r\nx: y` }).catch((error: unknown) => error));
    results.push(
      await client
        .listPayments({})
        .next()
        .catch((error: unknown) => error),
    );
    for (const result of results) {
      const text = result instanceof Error ? `${result.stack} ${String(result.cause)}` : JSON.stringify(result);
      expect(text).not.toContain(API_KEY);
    }
  });
});

describe('reading payments', () => {
  const payment = { id: 'p1', status: 'AUTHORIZED', amount: 42, currencyCode: 'EUR' };

  it('reads a payment with its events', async () => {
    server.answer = (response) => json(response, 200, payment);
    const read = await client.getPayment('p1', { expand: ['transactions.events'] });
    expect(read).toMatchObject({ kind: 'found', value: { snapshot: { paymentId: 'p1', amountMinor: '42' } } });
    expect(server.seen[0]?.line).toBe('GET /payments/p1?expand=transactions.events');
  });

  it.each([
    [404, 'missing'],
    [400, 'refused'],
    [401, 'refused'],
    [429, 'unavailable'],
    [503, 'unavailable'],
  ])('answers %i as %s', async (status, kind) => {
    server.answer = (response) => json(response, status, { error: { errorId: 'E', description: 'd' } });
    expect((await client.getPayment('p1')).kind).toBe(kind);
  });

  it('says not-understood for a 200 that is no payment', async () => {
    server.answer = (response) => json(response, 200, { hello: 'world' });
    expect(await client.getPayment('p1')).toMatchObject({ kind: 'unavailable', reason: 'not-understood' });
  });

  it('walks the list from cursor to cursor with every filter', async () => {
    server.answer = (response, { url }) => {
      const second = url?.includes('cursor=next') === true;
      json(response, 200, { data: [{ ...payment, id: second ? 'p2' : 'p1' }], nextCursor: second ? null : 'next' });
    };
    const filters = { orderId: 'o/1', status: ['SETTLED', 'SETTLING'], fromDate: new Date(0), limit: 1 };
    const ids = [];
    for await (const { paymentId } of client.listPayments(filters)) ids.push(paymentId);
    expect(ids).toEqual(['p1', 'p2']);
    expect(Object.fromEntries(new URLSearchParams(server.seen[1]?.line.split('?')[1]))).toEqual({
      order_id: 'o/1',
      status: 'SETTLED,SETTLING',
      from_date: '1970-01-01T00:00:00.000Z',
      limit: '1',
      cursor: 'next',
    });
  });

  it('asks for smaller pages where one is too large to be taken, and misses no payment', async () => {
    const metadata = { note: 'x'.repeat(300_000) };
    const ids = Array.from({ length: 9 }, (_, place) => `p${place}`);
    server.answer = (response, { url }) => {
      const asked = new URLSearchParams(url?.split('?')[1]);
      const [from, limit] = [Number(asked.get('cursor') ?? 0), Number(asked.get('limit') ?? 100)];
      const data = ids.slice(from, from + limit).map((id) => ({ ...payment, id, metadata }));
      json(response, 200, { data, nextCursor: from + limit < ids.length ? String(from + limit) : null });
    };
    const listed = [];
    for await (const { paymentId } of client.listPayments({ limit: 8 })) listed.push(paymentId);
    expect(listed).toEqual(ids);
  });

  it('hands over the entries that are no payments to whoever takes them, and understands no such page otherwise', async () => {
    const data = [{ ...payment, id: 'p1' }, { id: 'p2' }, 'none', { ...payment, id: 'p3' }];
    server.answer = (response) => json(response, 200, { data, nextCursor: null });
    const unreadable: unknown[] = [];
    const listed = [];
    const onUnreadable = (paymentId: string | undefined) => unreadable.push(paymentId);
    for await (const { paymentId } of client.listPayments({}, { onUnreadable })) listed.push(paymentId);
    expect({ listed, unreadable }).toEqual({ listed: ['p1', 'p3'], unreadable: ['p2', undefined] });
    expect(await client.listPaymentsPage({})).toMatchObject({ kind: 'unavailable', reason: 'not-understood' });
  });

  it('does not walk in circles when the cursor repeats', async () => {
    server.answer = (response) => json(response, 200, { data: [], nextCursor: 'same' });
    await expect(client.listPayments({}).next()).rejects.toMatchObject({ code: 'PROVIDER_ANSWER_UNKNOWN' });
  });

  it('throws a retriable error when a page cannot be had', async () => {
    server.answer = (response) => json(response, 503, {});
    await expect(client.listPayments({}).next()).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      retriable: true,
    });
  });
});
