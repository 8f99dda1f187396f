import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setAsideListAnswer } from '@tollgate/contracts';
import { eventually, SAMPLE_MERCHANT, sampleId, testDatabase, testTopicPrefix } from '@tollgate/testing';
import {
  INTAKE_KEY,
  LedgerService,
  positionOf,
  prepareLedger,
  providerPayment,
  SECONDARY_SECRET,
  sign,
  toWebhook,
  WEBHOOK_SECRET,
} from './ledger-service.ts';
import { PrimerStandIn } from './primer-stand-in.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const primer = new PrimerStandIn();
let ledger: LedgerService;

beforeAll(async () => {
  ledger = await LedgerService.start(await prepareLedger(database, topics, await primer.listen()));
});

afterAll(async () => {
  await ledger?.app.close();
  await primer.close();
});

const deliveries = (paymentId: string) =>
  database.query<{ verdict: string; reason: string | null }>(
    `SELECT verdict, reason FROM ${database.schema}_ledger.deliveries WHERE payment_id = $1 AND origin = 'webhook'`,
    [paymentId],
  );
const deliveryCount = async () => {
  const rows = await database.query<{ count: bigint }>(`SELECT count(*) FROM ${database.schema}_ledger.deliveries`);
  return rows[0]!.count;
};
/** Transactions that hold, or wait for, a lock on the whole table. */
const waitersOf = async (table: string, isGranted: boolean) => {
  const rows = await database.query<{ count: bigint }>(
    'SELECT count(DISTINCT pid) FROM pg_locks WHERE relation = $1::regclass AND granted = $2',
    [table, isGranted],
  );
  return rows[0]!.count;
};
const setAside = async () => setAsideListAnswer.parse((await ledger.get('/v1/webhooks/set-aside?limit=200')).body).data;

describe('a signed webhook', () => {
  it('is stored before it is answered, and booked', async () => {
    const payment = providerPayment();
    await ledger.report(payment);
    expect(await deliveries(payment.id)).toEqual([{ verdict: 'REPORTED', reason: null }]);
    const booked = await ledger.payment(payment.id);
    expect(booked).toMatchObject({ status: 'AUTHORIZED', orderId: payment.orderId, flags: ['UNGATED_PAYMENT'] });
    expect(positionOf(booked)).toEqual(['processor:STRIPE:captured pending 4200', 'sales:clearing pending -4200']);
  });

  it('is not answered while its row cannot be written', async () => {
    const payment = providerPayment();
    const table = `${database.schema}_ledger.deliveries`;
    // One text of several statements: one connection, one transaction that holds the table for a while.
    const lock = database.query(`BEGIN; LOCK TABLE ${table}; SELECT pg_sleep(1); COMMIT`);
    let isAnswered = false;
    await eventually(async () => expect(await waitersOf(table, true)).toBe(1n));
    const answer = ledger.deliver(toWebhook(payment)).then(({ status }) => {
      isAnswered = true;
      return status;
    });
    await eventually(async () => expect(await waitersOf(table, false)).toBe(1n));
    expect(isAnswered).toBe(false);
    await lock;
    expect(await answer).toBe(200);
    expect(await deliveries(payment.id)).toHaveLength(1);
  });

  it('keeps its exact bytes', async () => {
    const body = `${toWebhook(providerPayment())}\n  `;
    expect(await ledger.deliver(body)).toMatchObject({ status: 200 });
    const rows = await database.query<{ body: Buffer }>(
      `SELECT body FROM ${database.schema}_ledger.deliveries ORDER BY delivery_id DESC LIMIT 1`,
    );
    expect(rows[0]!.body.toString()).toBe(body);
  });

  it('is taken with any content type', async () => {
    const payment = providerPayment();
    const body = toWebhook(payment);
    const headers = { 'x-signature-primary': sign(body), 'content-type': 'text/plain' };
    expect(await ledger.deliver(body, { headers })).toMatchObject({ status: 200 });
    await ledger.payment(payment.id);
  });

  it.each([
    ['the secondary header', { 'x-signature-primary': 'wrong' }, 'x-signature-secondary', WEBHOOK_SECRET],
    ['the secret before its rotation', {}, 'x-signature-primary', SECONDARY_SECRET],
  ])('is taken when it is signed by %s', async (_by, others, header, secret) => {
    const payment = providerPayment();
    const body = toWebhook(payment);
    expect(await ledger.deliver(body, { headers: { ...others, [header]: sign(body, secret) } })).toMatchObject({
      status: 200,
    });
    await ledger.payment(payment.id);
  });

  it('keeps an amount above 2^53 to the last digit', async () => {
    const payment = providerPayment();
    const body = toWebhook(payment).replace('"amount":4200', '"amount":9223372036854775807');
    expect(await ledger.deliver(body)).toMatchObject({ status: 200 });
    const booked = await ledger.payment(payment.id);
    expect(booked.authorized).toEqual({ amountMinor: '9223372036854775807', currency: 'EUR' });
  });

  it('is believed when its signedAt is ahead of our clock', async () => {
    const payment = providerPayment();
    await ledger.report(payment, { signedAt: Math.floor(Date.now() / 1000 + 86_400).toString() });
    expect(await deliveries(payment.id)).toEqual([{ verdict: 'REPORTED', reason: null }]);
  });

  it('is taken when the provider tries its connection', async () => {
    const before = await deliveryCount();
    expect(await ledger.deliver('{"message":"Testing your webhook connection"}')).toMatchObject({ status: 200 });
    expect(await deliveryCount()).toBe(before + 1n);
  });
});

describe('a webhook that cannot be believed', () => {
  it.each<[string, string | Buffer]>([
    ['is not JSON', '<xml/>'],
    ['is empty', ''],
    ['is not UTF-8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['is a list', '[1,2]'],
    ['has no type', '{"payment":{"id":"p","status":"AUTHORIZED"}}'],
    ['has a type nobody knows', '{"eventType":"PAYMENT.TELEPORTED"}'],
    ['has no payment', '{"eventType":"PAYMENT.STATUS"}'],
    ['has a payment without an id', '{"eventType":"PAYMENT.STATUS","payment":{"status":"AUTHORIZED"}}'],
    ['has a signedAt that is no time', toWebhook(providerPayment(), { signedAt: 'yesterday' })],
    ['is nested too deeply', '['.repeat(5_000)],
  ])('because it %s is stored, set aside and answered 200', async (_reason, body) => {
    const before = await deliveryCount();
    expect(await ledger.deliver(body)).toMatchObject({ status: 200 });
    expect(await deliveryCount()).toBe(before + 1n);
    expect((await setAside())[0]).toMatchObject({
      verdict: 'NOT_UNDERSTOOD',
      merchantId: SAMPLE_MERCHANT,
      bodyBytes: Buffer.byteLength(body),
    });
  });

  it('because it was signed too long ago is set aside, and the payment is read instead', async () => {
    const payment = providerPayment();
    primer.payments.set(payment.id, { ...payment, status: 'CANCELLED', dateUpdated: '2026-03-01T10:05:00' });
    primer.unlisted.add(payment.id);
    await ledger.report(payment, { signedAt: Math.floor(Date.now() / 1000 - 46 * 60).toString() });
    expect(await deliveries(payment.id)).toMatchObject([{ verdict: 'STALE' }]);
    const booked = await ledger.payment(payment.id);
    expect(booked).toMatchObject({ status: 'CANCELLED', evidence: [{ origin: 'read', reportedAs: 'READ' }] });
  });

  it('but names its payment has that payment read', async () => {
    const payment = providerPayment();
    primer.payments.set(payment.id, payment);
    primer.unlisted.add(payment.id);
    expect(await ledger.deliver(JSON.stringify({ eventType: 'PAYMENT.NEW_THING', payment }))).toMatchObject({
      status: 200,
    });
    expect(await ledger.payment(payment.id)).toMatchObject({ status: 'AUTHORIZED' });
  });
});

describe('a webhook that is refused', () => {
  const body = toWebhook(providerPayment());

  it.each<[string, number, string, Parameters<LedgerService['deliver']>]>([
    ['has no signature', 401, 'SIGNATURE_INVALID', [body, { headers: {} }]],
    ['has a wrong signature', 401, 'SIGNATURE_INVALID', [body, { headers: { 'x-signature-primary': sign('other') } }]],
    [
      'is signed with another secret',
      401,
      'SIGNATURE_INVALID',
      [body, { headers: { 'x-signature-primary': sign(body, 'x') } }],
    ],
    ['has an empty signature', 401, 'SIGNATURE_INVALID', [body, { headers: { 'x-signature-primary': '' } }]],
    ['is for nobody', 404, 'MERCHANT_NOT_FOUND', [body, { merchantId: 'nobody' }]],
    ['is over 256 kB', 413, 'BODY_TOO_LARGE', [toWebhook(providerPayment({ padding: 'x'.repeat(262_144) }))]],
  ])('because it %s is answered %i and leaves nothing', async (_reason, status, code, delivery) => {
    const before = await deliveryCount();
    expect(await ledger.deliver(...delivery)).toEqual({ status, code });
    expect(await deliveryCount()).toBe(before);
  });

  it('for its signature leaves a count', async () => {
    expect(await ledger.metrics()).toMatch(
      /ledger_webhook_signature_failures_total\{reason="missing",service="ledger"\} [1-9]/,
    );
  });
});

describe('many webhooks at once', () => {
  it('are each stored and booked, although they share commits', async () => {
    const payments = Array.from({ length: 150 }, () => providerPayment());
    const answers = await Promise.all(payments.map((payment) => ledger.deliver(toWebhook(payment))));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    await eventually(
      async () => {
        const rows = await database.query<{ count: bigint }>(
          `SELECT count(*) FROM ${database.schema}_ledger.payments WHERE status = 'AUTHORIZED' AND payment_id = ANY($1)`,
          [payments.map((payment) => payment.id)],
        );
        expect(rows[0]!.count).toBe(150n);
      },
      { timeoutMs: 20_000 },
    );
    expect(await ledger.trialBalance()).toMatchObject({ balanced: true, cacheAgrees: true });
  });
});

describe('reads', () => {
  it('answer 404 while a payment is unknown', async () => {
    expect(await ledger.get('/v1/payments/nobody-knows')).toMatchObject({
      status: 404,
      body: { code: 'PAYMENT_NOT_FOUND' },
    });
  });

  it.each([
    '/v1/payments',
    '/v1/payments/x',
    '/v1/disputes',
    '/v1/journal',
    '/v1/accounts',
    '/v1/trial-balance',
    '/v1/webhooks/set-aside',
  ])('of %s are for operators alone', async (url) => {
    expect(await ledger.get(url, INTAKE_KEY)).toMatchObject({ status: 403, body: { code: 'SCOPE_MISSING' } });
    expect(await ledger.get(url, 'nobody')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it.each([
    '/v1/payments?cursor=%21',
    '/v1/payments?limit=0',
    '/v1/journal?limit=x',
    '/v1/disputes?cursor=MTI',
    '/v1/disputes?open=perhaps',
    '/v1/accounts?currency=euro',
    '/v1/trial-balance?effectiveBy=0000-01-01T00:00:00Z',
  ])('with a query like %s are answered 422', async (url) => {
    expect(await ledger.get(url)).toMatchObject({ status: 422, body: { code: 'VALIDATION_FAILED' } });
  });

  it('of a list give every item once over its pages', async () => {
    const orderId = sampleId('order');
    for (let number = 0; number < 5; number += 1) await ledger.report(providerPayment({ orderId }));
    await eventually(async () => {
      const { body } = await ledger.get(`/v1/payments?orderId=${orderId}`);
      expect(body.data).toHaveLength(5);
    });
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await ledger.get(`/v1/payments?orderId=${orderId}&limit=2${cursor && `&cursor=${cursor}`}`);
      const page = body as { data: Array<{ paymentId: string }>; nextCursor: string | null };
      seen.push(...page.data.map((payment) => payment.paymentId));
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(5);
    expect(seen).toHaveLength(5);
  });
});
