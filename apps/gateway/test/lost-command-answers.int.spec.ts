import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PaymentTokens } from '@tollgate/persistence';
import {
  eventually,
  freePort,
  sampleId,
  startService,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { CommandStage } from './command-stage.ts';
import { MERCHANT_TWO, primerKeyOf } from './gateway-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
let stage: CommandStage;

beforeAll(async () => {
  stage = await CommandStage.set(database, topics, records);
  await stage.start();
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

const wait = { wait: 20 };

describe('a command whose answer is lost', () => {
  it.each([
    ['capture', { amount: 1000, final: false }, { captured: 1000, refunded: 0 }],
    ['refund', { amount: 700, orderId: 'refund-of-its-own' }, { captured: 4200, refunded: 700 }],
    ['cancel', {}, { captured: 0, refunded: 0, status: 'CANCELLED' }],
  ])('is found in the payment and not sent again: %s', async (verb, body, totals) => {
    const payment = stage.payment();
    const id = sampleId(verb);
    if (verb === 'refund') {
      stage.primer.actInDashboard(payment, 'capture', {});
    }
    stage.primer.script(id, { trouble: 'reset', effect: true });
    expect((await stage.post(`/${payment}/${verb}`, id, body, wait)).body).toMatchObject({ status: 'DONE' });
    expect(stage.primer.callsOf(id)).toHaveLength(1);
    expect(stage.primer.totals(payment)).toMatchObject(totals);
  });

  it('is sent again under its id when the payment shows nothing of it, and once takes effect', async () => {
    const payment = stage.payment();
    const id = sampleId('capture');
    stage.primer.script(id, { trouble: 'reset' }, { trouble: 'hang', effect: true });
    expect((await stage.post(`/${payment}/capture`, id, {}, wait)).body).toMatchObject({ status: 'DONE' });
    expect(stage.primer.callsOf(id)).toHaveLength(2);
    expect(stage.primer.totals(payment).captured).toBe(4200);
  });

  it('is not taken for what somebody captured in the dashboard', async () => {
    const payment = stage.payment();
    const id = sampleId('capture');
    stage.primer.script(id, { trouble: 'hang' }, { status: 503 });
    await stage.post(`/${payment}/capture`, id, { amount: 1000, final: false });
    await stage.reaches(id, 'UNKNOWN');
    stage.primer.actInDashboard(payment, 'capture', { amount: 300, final: false });
    expect(await stage.result(id)).toMatchObject({ outcome: 'DONE', amountMinor: '1000' });
    expect(stage.primer.totals(payment).captured).toBe(1300);
  });

  it('ends as refused, with nothing done twice, when the dashboard has used up what was left', async () => {
    const payment = stage.payment();
    const id = sampleId('capture');
    stage.primer.script(id, { trouble: 'hang' }, { trouble: 'hang' }, { trouble: 'hang' });
    await stage.post(`/${payment}/capture`, id, { amount: 4000, final: false });
    await stage.reaches(id, 'UNKNOWN');
    stage.primer.actInDashboard(payment, 'capture', { amount: 300, final: false });
    expect(await stage.result(id)).toMatchObject({ outcome: 'REFUSED', reason: 'amount-exceeds-authorised' });
    expect(stage.primer.totals(payment).captured).toBe(300);
  });
});

describe('commands of one payment', () => {
  it('are carried out one at a time, in their order, and two refunds together never exceed what was captured', async () => {
    const payment = stage.payment();
    stage.primer.actInDashboard(payment, 'capture', {});
    const release = Promise.withResolvers<void>();
    const [first, second, cancel] = [sampleId('refund'), sampleId('refund'), sampleId('cancel')];
    stage.primer.script(first, { heldUntil: release.promise });
    await stage.post(`/${payment}/refund`, first, { amount: 3000 });
    await stage.reaches(first, 'CALLING');
    await Promise.all([
      stage.post(`/${payment}/refund`, second, { amount: 3000 }),
      stage.post(`/${payment}/cancel`, cancel, {}),
    ]);
    await eventually(() => expect(stage.primer.callsOf(first)).toHaveLength(1));
    expect(await stage.reaches(second, 'AWAITING')).toMatchObject({ calls: 0 });
    release.resolve();
    expect(await stage.result(first)).toMatchObject({ outcome: 'DONE' });
    expect(await stage.result(second)).toMatchObject({ outcome: 'REFUSED', reason: 'amount-exceeds-captured' });
    expect(await stage.result(cancel)).toMatchObject({ outcome: 'REFUSED', reason: 'provider-refused' });
    expect(stage.primer.totals(payment).refunded).toBe(3000);
    expect(stage.primer.atOnceMax).toBe(1);
  });

  it('wait for their merchant’s key, and nobody else waits', async () => {
    const stuck = sampleId('capture');
    const payment = stage.payment(4200, MERCHANT_TWO);
    stage.primer.refusedKeys.add(primerKeyOf(MERCHANT_TWO));
    expect((await stage.post(`/${payment}/capture`, stuck, {}, { merchantId: MERCHANT_TWO })).status).toBe(202);
    await eventually(async () => {
      const rows = await stage.query<{ merchant_id: string; subject: string }>(
        "SELECT merchant_id, subject FROM gateway.incident WHERE kind = 'KEY_REFUSED'",
      );
      expect(rows).toEqual([{ merchant_id: MERCHANT_TWO, subject: 'merchant' }]);
    });
    const free = await stage.post(`/${stage.payment()}/capture`, sampleId('capture'), {}, wait);
    expect(free.body).toMatchObject({ status: 'DONE' });
    stage.primer.refusedKeys.clear();
    expect(await stage.result(stuck)).toMatchObject({ outcome: 'DONE' });
  });

  it('come back after 429, and after a server error, without a second effect', async () => {
    const payment = stage.payment();
    const id = sampleId('capture');
    stage.primer.script(id, { status: 429, headers: { 'retry-after': '0' } }, { status: 504 });
    expect((await stage.post(`/${payment}/capture`, id, {}, wait)).body).toMatchObject({ status: 'DONE' });
    expect(stage.primer.totals(payment).captured).toBe(4200);
  });
});

describe('a payment that is created', () => {
  const body = () => ({
    paymentMethodToken: sampleId('token-that-nobody-may-read'),
    orderId: sampleId('order'),
    amount: 1999,
    currencyCode: 'EUR',
    paymentType: 'FIRST_PAYMENT',
  });

  it.each([
    ['and told', false, { trouble: 'reset', effect: true }],
    ['and named by the error of the repeated call, when the list lags', true, { trouble: 'reset', effect: true }],
    ['by the repeated call, when the first never arrived', false, { trouble: 'reset' }],
  ] as const)('exists once %s, and its token is nowhere to be read', async (_what, listIsEmpty, trouble) => {
    stage.primer.listIsEmpty = listIsEmpty;
    const id = sampleId('create');
    const create = body();
    stage.primer.script(id, trouble);
    const answer = await stage.post('', id, create, wait);
    stage.primer.listIsEmpty = false;
    const [payment, ...others] = stage.primer.ofOrder(create.orderId);
    expect(answer.body).toMatchObject({ status: 'DONE', paymentId: payment, amount: { amountMinor: '1999' } });
    expect(others).toEqual([]);
    expect(await stage.result(id)).toMatchObject({ kind: 'create', outcome: 'DONE', paymentId: payment });
    const [row] = await stage.query<{ text: string }>(
      'SELECT row_to_json(command)::text AS text FROM gateway.payment_command AS command WHERE command_id = $1',
      [id],
    );
    const everywhere = [row?.text, JSON.stringify(answer), await stage.textOf('payment-command-results')].join();
    expect(everywhere).not.toContain(create.paymentMethodToken);
  });

  it('has an id of its merchant’s own: two merchants may use the same', async () => {
    const id = sampleId('create');
    const [mine, theirs] = [body(), body()];
    await stage.post('', id, mine, wait);
    await stage.post('', id, theirs, { ...wait, merchantId: MERCHANT_TWO });
    expect(stage.primer.ofOrder(mine.orderId)).toHaveLength(1);
    expect(stage.primer.ofOrder(theirs.orderId)).toHaveLength(1);
    expect(await stage.get(id)).toMatchObject({ status: 200, body: { orderId: mine.orderId } });
    expect((await stage.get(sampleId('create'))).status).toBe(404);
  });

  it('is refused when Primer has the id for another order, and somebody is told', async () => {
    const id = sampleId('create');
    stage.primer.createElsewhere(primerKeyOf('merchant-sample'), id, { ...body(), orderId: 'order-of-somebody-else' });
    expect((await stage.post('', id, body(), wait)).body).toMatchObject({
      status: 'REFUSED',
      reason: 'command-id-known',
    });
    expect(await stage.incidents(id)).toEqual(['FOREIGN_COMMAND']);
  });
});

describe('commands on the topic', () => {
  it('take effect once however often the record comes, and the same id with another body is set aside', async () => {
    const payment = stage.payment();
    const sent = await stage.publish({ kind: 'capture', paymentId: payment, amountMinor: '4200' });
    expect(await stage.result(sent.commandId)).toMatchObject({ outcome: 'DONE', final: true });
    await stage.publish(sent.command, sent);
    const conflicting = { ...sent.command, amountMinor: '4199' } as typeof sent.command;
    await stage.publish(conflicting, { ...sent, command: conflicting });
    await eventually(
      async () => expect(await stage.deadLetters()).toContainEqual({ key: payment, code: 'PAYMENT_COMMAND_CONFLICT' }),
      { timeoutMs: 20_000 },
    );
    expect(stage.primer.callsOf(sent.commandId)).toHaveLength(1);
    expect(await stage.results(sent.commandId)).toHaveLength(1);
  });

  it('do not reach another merchant’s payment', async () => {
    const payment = stage.payment(4200, MERCHANT_TWO);
    const sent = await stage.publish({ kind: 'capture', paymentId: payment });
    expect(await stage.result(sent.commandId)).toMatchObject({ outcome: 'REFUSED', reason: 'payment-not-found' });
    expect(stage.primer.totals(payment).captured).toBe(0);
  });

  it('bring their tokens sealed, each for its own command', async () => {
    const tokens = new PaymentTokens(stage.environment['TOLLGATE_MASTER_KEY']!);
    const [good, bad] = [sampleId('create'), sampleId('create')];
    const merchantId = 'merchant-sample';
    const sealedToken = tokens.seal(sampleId('token'), { merchantId, commandId: good });
    const create = {
      kind: 'create',
      orderId: sampleId('order'),
      amountMinor: '500',
      currency: 'EUR',
      sealedToken,
    } as const;
    await stage.publish(create, { commandId: good });
    await stage.publish(create, { commandId: bad });
    expect(await stage.result(good)).toMatchObject({ outcome: 'DONE' });
    expect(await stage.result(bad)).toMatchObject({ outcome: 'REFUSED', reason: 'token-not-opened' });
    expect(stage.primer.ofOrder(create.orderId)).toHaveLength(1);
  });
});

describe('a gateway that is killed', () => {
  it('between Primer’s effect and the record of it: the next one finds the effect, and nothing is sent twice', async () => {
    await Promise.all(stage.apps.splice(0).map((app) => app.close()));
    const payment = stage.payment();
    const sent = await stage.publish({ kind: 'capture', paymentId: payment, amountMinor: '1500', final: false });
    stage.primer.script(sent.commandId, { trouble: 'hang', effect: true });
    const port = await freePort();
    const environment = { ...stage.environment, GATEWAY_PORT: String(port), GATEWAY_COMMAND_TIMEOUT_MS: '60000' };
    const service = await startService({ app: 'gateway', port, environment });
    await eventually(() => expect(stage.primer.callsOf(sent.commandId)).toHaveLength(1), { timeoutMs: 40_000 });
    await service.kill9();
    service.start();
    expect(await stage.result(sent.commandId)).toMatchObject({ outcome: 'DONE', amountMinor: '1500' });
    expect(stage.primer.callsOf(sent.commandId)).toHaveLength(1);
    expect(stage.primer.totals(payment).captured).toBe(1500);
    await service.stop();
  }, 120_000);
});
