import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { ApprovalRequired, JournalPage } from '../src/control/control.schema.ts';
import { Emulator, OPERATOR_TOKEN, temporaryFolder } from './emulator.ts';

const ORDER = { amount: 4_200, currencyCode: 'EUR', orderId: 'order-1' };
const folder = temporaryFolder();
let emulator: Emulator;

beforeAll(async () => {
  emulator = await Emulator.start(join(folder.path, 'control.db'));
});

afterAll(async () => {
  await emulator.stop();
  folder.remove();
});

describe('POST /_sandbox/attempts', () => {
  it("answers the detail of the SDK's event", async () => {
    expect(await emulator.startAttempt({ customerId: 'customer-1' })).toEqual({
      clientSessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      paymentAttemptId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      timestamp: expect.any(Number),
      paymentMethodToken: {
        token: expect.stringMatching(/^[\w-]{36}$/),
        analyticsId: expect.stringMatching(/^[\w-]{24}$/),
        tokenType: 'SINGLE_USE',
        paymentInstrumentType: 'PAYMENT_CARD',
        paymentInstrumentData: { last4Digits: '1111', network: 'Visa', cardholderName: 'John Doe' },
        vaultData: null,
        threeDSecureAuthentication: null,
      },
    });
  });

  it('gives each card its own analytics id, the same every time, and each attempt its own token', async () => {
    const [one, again, other] = await Promise.all(
      ['4111111111111111', '4111111111111111', '5555555555554444'].map(async (cardNumber) =>
        emulator.startAttempt({ cardNumber }),
      ),
    ).then((events) => events.map(({ paymentMethodToken }) => paymentMethodToken));
    expect(one?.analyticsId).toBe(again?.analyticsId);
    expect(one?.analyticsId).not.toBe(other?.analyticsId);
    expect(one?.token).not.toBe(again?.token);
  });

  it.each([
    ['nothing', {}, ['amount', 'currencyCode', 'orderId']],
    ['a negative amount', { ...ORDER, amount: -1 }, ['amount']],
    ['a fractional amount', { ...ORDER, amount: 0.5 }, ['amount']],
    ['an amount beyond exact numbers', { ...ORDER, amount: 2 ** 53 }, ['amount']],
    ['an unknown currency', { ...ORDER, currencyCode: 'XXX' }, ['currencyCode']],
    ['an over-long order id', { ...ORDER, orderId: 'x'.repeat(256) }, ['orderId']],
    ['a card that is no number', { ...ORDER, cardNumber: '4111-1111' }, ['cardNumber']],
    ['a negative life', { ...ORDER, ttlSeconds: -1 }, ['ttlSeconds']],
    ['an unknown approval mode', { ...ORDER, approvalMode: 'MAYBE' }, ['approvalMode']],
    ['too many duplicates', { ...ORDER, webhook: { duplicates: 1_000 } }, ['webhook.duplicates']],
  ])('refuses %s with 422 and the path of each field', async (_name, wish, paths) => {
    const answer = await emulator.control<{ errors: { path: string }[] }>('POST', '/attempts', wish);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }) => path)).toEqual(paths);
  });

  it('takes an amount of nothing', async () => {
    const { paymentAttemptId } = await emulator.startAttempt({ amount: 0 });
    expect((await emulator.approve(paymentAttemptId)).status).toBe(200);
  });

  it('finds no session that was never made, and none that says too little to be paid', async () => {
    const unknown = { clientSessionId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' };
    expect((await emulator.control('POST', '/attempts', unknown)).status).toBe(404);
    const session = await emulator.primer<{ clientToken: string }>('POST', '/client-session', { body: {} });
    const { clientToken } = session.body;
    expect((await emulator.control('POST', '/attempts', { clientToken })).status).toBe(422);
  });

  it('makes a second attempt on a session the current one', async () => {
    const first = await emulator.startAttempt();
    const second = await emulator.startAttempt({ clientSessionId: first.clientSessionId });
    expect(await emulator.attempt(first.paymentAttemptId)).toMatchObject({ isCurrent: false });
    expect(await emulator.attempt(second.paymentAttemptId)).toMatchObject({ isCurrent: true });
  });
});

describe('the control API', () => {
  it.each([
    ['POST', '/_sandbox/attempts'],
    ['GET', '/_sandbox/attempts/6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f'],
    ['GET', '/_sandbox/journal'],
    ['GET', '/_sandbox/stats'],
    ['GET', '/_sandbox/webhooks'],
    ['POST', '/_sandbox/webhooks/1/redeliver'],
    ['POST', '/_sandbox/webhooks/rotate-secret'],
    ['GET', '/_sandbox/clock'],
    ['POST', '/_sandbox/clock'],
    ['POST', '/_sandbox/reset'],
    ['GET', '/_sandbox/disputes'],
    ['POST', '/_sandbox/disputes'],
    ['POST', '/_sandbox/disputes/dispute-1'],
    ['GET', '/_sandbox/faults'],
    ['POST', '/_sandbox/faults'],
    ['DELETE', '/_sandbox/faults'],
    ['DELETE', '/_sandbox/faults/1'],
    ['GET', '/metrics'],
  ])('%s %s needs the operator token', async (method, path) => {
    expect((await emulator.call(method, path)).status).toBe(401);
    const headers = { authorization: 'Bearer not-the-operator-token' };
    expect((await emulator.call(method, path, { headers })).status).toBe(401);
  });

  it.each([
    ['DELETE', '/_sandbox/faults', 204],
    ['DELETE', '/_sandbox/faults/4711', 404],
    ['POST', '/_sandbox/webhooks/4711/redeliver', 404],
  ])('%s %s needs no body, whatever its header promises', async (method, path, status) => {
    for (const type of ['application/json', '']) {
      const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, 'content-type': type };
      expect((await emulator.call(method, path, { headers })).status).toBe(status);
    }
  });

  it.each(['/openapi.json', '/health/live'])('leaves %s open', async (path) => {
    expect((await emulator.call('GET', path)).status).toBe(200);
  });

  it('answers 404 for an attempt nobody knows and 422 for what is no id', async () => {
    expect((await emulator.control('GET', '/attempts/6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f')).status).toBe(404);
    expect((await emulator.control('GET', '/attempts/none')).status).toBe(422);
    expect((await emulator.control('GET', '/journal?limit=0')).status).toBe(422);
  });

  it("describes Primer's paths under Primer's parameter names", async () => {
    const { body } = await emulator.call<{ paths: Record<string, Record<string, { parameters: { name: string }[] }>> }>(
      'GET',
      '/openapi.json',
    );
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining([
        '/payment-attempts/{id}/approve',
        '/payment-attempts/{id}/abort',
        '/client-session',
        '/payments',
        '/payments/{id}',
      ]),
    );
    const parameters = body.paths['/payments']?.['get']?.parameters.map(({ name }) => name);
    expect(body.paths['/payments']?.['get']?.parameters).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'min_amount', schema: { type: 'integer', format: 'int64' } }),
        expect.objectContaining({ name: 'currency_code', schema: expect.objectContaining({ type: 'array' }) }),
      ]),
    );
    expect(parameters).toEqual(expect.arrayContaining(['order_id', 'from_date', 'limit', 'cursor', 'X-API-VERSION']));
  });
});

describe('the journal', () => {
  it('tells every request and effect in order, refusals too', async () => {
    const { paymentAttemptId, clientSessionId } = await emulator.startAttempt();
    await emulator.approve(paymentAttemptId, { 'x-api-key': 'wrong' });
    await emulator.startAttempt({ clientSessionId });
    await emulator.approve(paymentAttemptId);
    await emulator.abort(paymentAttemptId, { body: { reason: 'superseded' } });
    const entries = await emulator.journal(paymentAttemptId);
    expect(entries.map(({ kind, name, facts }) => [kind, name, facts['status'] ?? facts['reason']])).toEqual([
      ['EFFECT', 'ATTEMPT_CREATED', undefined],
      ['REQUEST', 'approve_payment_attempt', 401],
      ['EFFECT', 'ATTEMPT_SUPERSEDED', undefined],
      ['REQUEST', 'approve_payment_attempt', 409],
      ['REQUEST', 'abort_payment_attempt', 200],
      ['EFFECT', 'ATTEMPT_ABORTED', 'superseded'],
      ['EFFECT', 'PAYMENT_INSTRUMENT_INVALIDATED', undefined],
    ]);
    const sequences = entries.map(({ sequence }) => sequence);
    expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
  });

  it('has a request that took effect under the attempt and the payment of the effect', async () => {
    const { paymentAttemptId } = await emulator.startAttempt();
    const paymentId = (await emulator.approve(paymentAttemptId)).body.merchantPaymentId;
    await emulator.primer('POST', `/payments/${paymentId}/capture`);
    const requests = (entries: JournalPage['data']) =>
      entries.filter(({ kind }) => kind === 'REQUEST').map(({ name }) => name);
    const ofPayment = await emulator.control<JournalPage>('GET', `/journal?paymentId=${paymentId}`);
    const both = ['approve_payment_attempt', 'capture_payment'];
    expect(requests(await emulator.journal(paymentAttemptId))).toEqual(both);
    expect(requests(ofPayment.body.data)).toEqual(both);
  });

  it('is read to its end page by page, without a gap', async () => {
    const sequences: number[] = [];
    let cursor: string | null = '0';
    while (cursor !== null) {
      const page: { body: JournalPage } = await emulator.control<JournalPage>(
        'GET',
        `/journal?limit=7&cursor=${cursor}`,
      );
      sequences.push(...page.body.data.map(({ sequence }) => sequence));
      cursor = page.body.nextCursor;
    }
    expect(sequences).toEqual(Array.from({ length: sequences.length }, (_nothing, index) => index + 1));
  });
});

it('counts attempts by what became of them', async () => {
  const before = await emulator.stats();
  const [approved, aborted] = [await emulator.startAttempt(), await emulator.startAttempt()];
  await emulator.startAttempt({ ttlSeconds: 0 });
  await emulator.startAttempt();
  await emulator.approve(approved.paymentAttemptId);
  await emulator.abort(aborted.paymentAttemptId);
  const after = await emulator.stats();
  const difference = Object.entries(after.attempts).map(([status, count]) => [
    status,
    count - before.attempts[status as keyof typeof before.attempts],
  ]);
  expect(Object.fromEntries(difference)).toEqual({ REQUIRES_APPROVAL: 1, APPROVED: 1, ABORTED: 1, EXPIRED: 1 });
  expect(after.payments.total - before.payments.total).toBe(1);
  expect(after.calls).toEqual({ approve: before.calls.approve + 1, abort: before.calls.abort + 1 });
});

it('a full card number appears in no answer', async () => {
  const cardNumber = '5252525252525258';
  const wish = { ...ORDER, cardNumber, orderId: 'order-card' };
  const started = await emulator.control<ApprovalRequired>('POST', '/attempts', wish);
  const refused = await emulator.control('POST', '/attempts', { ...wish, amount: cardNumber });
  const id = started.body.paymentAttemptId;
  const approved = await emulator.approve(id);
  const aborted = await emulator.startAttempt();
  await emulator.abort(aborted.paymentAttemptId, { body: { reason: `stolen card ${cardNumber}` } });
  const texts = [
    started,
    refused,
    await emulator.primer('GET', `/payments/${approved.body.merchantPaymentId}?expand=transactions.events`),
    await emulator.primer('GET', `/payments/${cardNumber}`),
    await emulator.control('GET', '/journal?limit=1000'),
    await emulator.control('GET', '/webhooks'),
    await emulator.control('GET', `/attempts/${id}`),
  ].map(({ text }) => text);
  for (const text of texts) expect(text).not.toContain(cardNumber);
});
