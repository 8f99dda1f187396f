import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AnsweringServer, json, reset } from '../test/answering-server.ts';
import { PrimerClient, type PrimerClientOptions } from './primer-client.ts';

const PAYMENT = { id: 'IHQlakKC', status: 'AUTHORIZED', amount: 4200, currencyCode: 'EUR' };
const RESUME_TOKEN = '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f';
const KEY = { idempotencyKey: 'command-1' };

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
  return new PrimerClient({ baseUrl: server.url, apiKey: 'key', ...options });
}

const CALLS: ReadonlyArray<readonly [string, string, () => Promise<unknown>]> = [
  [
    'POST /payments',
    '{"amount":9007199254740993,"paymentMethodToken":"t"}',
    () => client.createPayment({ paymentMethodToken: 't', amount: 9_007_199_254_740_993n }, KEY),
  ],
  [
    'POST /payments/IHQlakKC/authorize',
    '{"processor":{"processorMerchantId":"m"}}',
    () => client.authorizePayment('IHQlakKC', { processor: { processorMerchantId: 'm' } }, KEY),
  ],
  [
    'POST /payments/IHQlakKC/capture',
    '{"amount":1000,"final":false}',
    () => client.capturePayment('IHQlakKC', { amount: 1_000n, final: false }, KEY),
  ],
  ['POST /payments/IHQlakKC/cancel', '{}', () => client.cancelPayment('IHQlakKC', {}, KEY)],
  ['POST /payments/IHQlakKC/refund', '{"amount":1}', () => client.refundPayment('IHQlakKC', { amount: 1n }, KEY)],
  [
    'POST /payments/IHQlakKC/adjust-authorization',
    '{"amount":5000}',
    () => client.adjustAuthorization('IHQlakKC', { amount: 5_000n }, KEY),
  ],
];

describe('a call that changes a payment', () => {
  it.each(CALLS)('is sent as %s with its key and its body', async (line, body, call) => {
    server.answer = (response) => json(response, 200, PAYMENT);
    expect(await call()).toMatchObject({
      kind: 'answered',
      understood: true,
      paymentId: 'IHQlakKC',
      payment: { status: 'AUTHORIZED', amountMinor: '4200' },
      read: { details: { amount: 4_200n } },
    });
    expect(server.seen).toMatchObject([{ line, body, headers: { 'x-idempotency-key': 'command-1' } }]);
  });

  it('is not sent at all when it makes no sense', async () => {
    const refused = { code: 'VALIDATION_FAILED' };
    await expect(client.capturePayment('..', {})).rejects.toMatchObject(refused);
    await expect(client.refundPayment('p', { amount: -1n })).rejects.toMatchObject(refused);
    await expect(client.cancelPayment('p', {}, { idempotencyKey: 'two\r\nlines' })).rejects.toMatchObject(refused);
    await expect(client.listPayments({ limit: 101 }).next()).rejects.toMatchObject(refused);
    await expect(client.abort(RESUME_TOKEN, '')).rejects.toMatchObject(refused);
    expect(server.seen).toEqual([]);
  });

  it('is not understood when the answer is about another payment, or about none', async () => {
    server.answerInTurn(
      (response) => json(response, 200, { ...PAYMENT, id: 'another' }),
      (response) => json(response, 200, {}),
    );
    for (let turn = 0; turn < 2; turn += 1) {
      const call = await client.capturePayment('IHQlakKC');
      expect(call).toEqual({ kind: 'answered', status: 200, understood: false });
    }
  });

  it('names the payment that an earlier use of its key has made', async () => {
    const error = { errorId: 'IdempotencyKeyAlreadyExists', paymentId: 'IHQlakKC', paymentStatus: 'SETTLED' };
    server.answer = (response) => json(response, 409, { error });
    expect(await client.refundPayment('IHQlakKC', {}, KEY)).toEqual({
      ...{ kind: 'answered', status: 409, understood: true, errorId: error.errorId, error, paymentId: 'IHQlakKC' },
    });
  });

  it('may be accepted to go on by itself: a 202 says so and shows no payment', async () => {
    const error = { errorId: 'NoActionsToHandle', description: 'The payment was not processed in time.' };
    server.answer = (response) => json(response, 202, { error });
    const call = await client.resumePayment('IHQlakKC', { resumeToken: RESUME_TOKEN });
    expect(call).toMatchObject({ kind: 'answered', status: 202, understood: true, errorId: 'NoActionsToHandle' });
    expect(server.seen[0]).toMatchObject({
      line: 'POST /payments/IHQlakKC/resume',
      body: `{"resumeToken":"${RESUME_TOKEN}"}`,
    });
  });
});

describe('a client session', () => {
  it('is made, read by its token, and changed', async () => {
    const session = {
      clientToken: 'token',
      clientTokenExpirationDate: '2026-11-22T10:00:00.000000',
      approvalMode: 'MANUAL',
      currentAttemptId: 'attempt',
      orderId: 'order-1',
      amount: 4200,
      currencyCode: 'EUR',
      warnings: { type: 'CARD', code: 'ODD', message: 'odd' },
    };
    server.answer = (response) => json(response, 200, session);
    const made = await client.createClientSession({ approvalMode: 'MANUAL', orderId: 'order-1', amount: 4_200n });
    expect(made).toMatchObject({
      understood: true,
      session: {
        clientToken: 'token',
        clientTokenExpiresAt: '2026-11-22T10:00:00.000000Z',
        currentAttemptId: 'attempt',
        amountMinor: '4200',
        warnings: [{ code: 'ODD' }],
      },
    });
    await client.getClientSession('a token&');
    await client.updateClientSession({ clientToken: 'token', amount: 1n });
    expect(server.seen.map(({ line }) => line)).toEqual([
      'POST /client-session',
      'GET /client-session?clientToken=a+token%26',
      'PATCH /client-session',
    ]);
  });

  it('is not understood without the token that a new one must have', async () => {
    server.answer = (response) => json(response, 200, { orderId: 'order-1' });
    expect(await client.createClientSession({})).toMatchObject({ status: 200, understood: false });
    expect(await client.updateClientSession({ clientToken: 't' })).toMatchObject({ status: 200, understood: true });
  });
});

describe('what is sent again', () => {
  const unavailable: AnsweringServer['answer'] = (response) => json(response, 503, {});
  const ok: AnsweringServer['answer'] = (response) => json(response, 200, PAYMENT);

  it('is a read, by itself', async () => {
    server.answerInTurn(unavailable, reset, ok);
    expect((await client.getPayment('IHQlakKC')).kind).toBe('found');
    expect(server.seen).toHaveLength(3);
  });

  it('is nothing else unless the call asks for it', async () => {
    server.answer = unavailable;
    await client.approve(RESUME_TOKEN);
    await client.refundPayment('IHQlakKC', {}, KEY);
    expect(server.seen).toHaveLength(2);
  });

  it('is a call with a key, with the same key, and its answer says that the first try may have arrived', async () => {
    const error = { errorId: 'IdempotencyKeyAlreadyExists', paymentId: 'IHQlakKC' };
    server.answerInTurn(reset, (response) => json(response, 409, { error }));
    const call = await client.refundPayment('IHQlakKC', { amount: 1n }, { ...KEY, retriesMax: 3 });
    expect(call).toMatchObject({ status: 409, triesUnanswered: 1 });
    expect(server.seen.map(({ headers }) => headers['x-idempotency-key'])).toEqual(['command-1', 'command-1']);
  });

  it('is never a call that could have a second effect', async () => {
    server.answer = reset;
    const often = { retriesMax: 3 };
    await client.refundPayment('IHQlakKC', {}, often);
    await client.abort(RESUME_TOKEN, undefined, often);
    await client.resumePayment('IHQlakKC', { resumeToken: RESUME_TOKEN }, often);
    await client.createClientSession({}, often);
    expect(server.seen).toHaveLength(4);
  });

  it('waits as long as Primer asks, or not at all when there is no time for it', async () => {
    server.answerInTurn((response) => json(response, 429, {}, { 'retry-after': '60' }), ok);
    const call = await client.approve(RESUME_TOKEN, { retriesMax: 3, timeoutMs: 5_000 });
    expect(call).toMatchObject({ kind: 'answered', status: 429, retryAfterMs: 60_000 });
    expect(server.seen).toHaveLength(1);
  });
});

describe('what Primer’s clock says', () => {
  it.each<[string, object, object]>([
    [
      'comes with what is read',
      { date: 'Thu, 01 Jan 2026 11:55:10 GMT' },
      { answeredAt: new Date('2026-01-01T11:55:10Z') },
    ],
    ['is left out where it cannot be read', { date: 'yesterday' }, {}],
  ])('%s', async (_what, headers, told) => {
    server.answer = (response) => json(response, 200, { data: [], nextCursor: null }, headers);
    const value = { payments: [], nextCursor: null };
    expect(await client.listPaymentsPage({})).toEqual({ kind: 'found', value, ...told });
  });
});

describe('a key that no header can carry', () => {
  it.each(['', 'with a blank', 'with-a-line-break\n', 'ключ'])('%j sends nothing, and says why', async (apiKey) => {
    client = connect({});
    expect(await client.approve(RESUME_TOKEN, { apiKey })).toEqual({ kind: 'notSent', reason: 'no-key' });
    expect(await client.refundPayment('p', {}, { apiKey })).toEqual({ kind: 'notSent', reason: 'no-key' });
    expect(await client.getPayment('p', { apiKey })).toEqual({ kind: 'unavailable', reason: 'no-key' });
    expect(server.seen).toHaveLength(0);
  });
});

describe('a merchant whose calls fail', () => {
  it('is held back, and no other', async () => {
    client = connect({ circuit: { sampleCallsMin: 2, openMs: 60_000 }, readRetriesMax: 0 });
    server.answer = (response) => json(response, 503, {});
    for (let turn = 0; turn < 3; turn += 1) await client.approve(RESUME_TOKEN, { merchantId: 'one' });
    const seen = server.seen.length;
    expect(await client.approve(RESUME_TOKEN, { merchantId: 'one' })).toEqual({
      kind: 'notSent',
      reason: 'circuit-open',
    });
    expect(server.seen).toHaveLength(seen);
    await client.approve(RESUME_TOKEN, { merchantId: 'another' });
    expect(server.seen).toHaveLength(seen + 1);
    expect(client.circuitOf('one', 'attempts')).toMatchObject({ merchantId: 'one', state: 'open' });
    expect(client.circuitOf('nobody', 'attempts')).toBeUndefined();
    expect(client.circuits()).toMatchObject([
      { merchantId: 'one', group: 'attempts', state: 'open' },
      { merchantId: 'another', group: 'attempts', state: 'closed' },
    ]);
  });

  it('still has its attempts approved and aborted while its refunds and reads fail', async () => {
    client = connect({ circuit: { sampleCallsMin: 2, openMs: 60_000 }, readRetriesMax: 0 });
    server.answer = (response) => json(response, 503, {});
    const one = { merchantId: 'one' };
    for (let turn = 0; turn < 3; turn += 1) {
      await client.refundPayment('p', {}, { ...one, idempotencyKey: `refund-${turn}` });
      await client.getPayment('p', one);
    }
    expect(client.circuitOf('one', 'payments')).toMatchObject({ state: 'open' });
    expect(client.circuitOf('one', 'reads')).toMatchObject({ state: 'open' });
    server.answer = (response) => json(response, 200, { paymentAttemptId: RESUME_TOKEN, merchantPaymentId: 'p' });
    expect(await client.approve(RESUME_TOKEN, one)).toMatchObject({ kind: 'answered', status: 200 });
  });
});
