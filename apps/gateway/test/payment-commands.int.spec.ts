import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, sampleId, testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import { CommandStage } from './command-stage.ts';
import { MERCHANT_TWO } from './gateway-service.ts';

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

describe('a capture by HTTP', () => {
  it('sends amount and finality outright under the caller’s id, and tells the result', async () => {
    const payment = stage.payment();
    const first = sampleId('capture');
    const answer = await stage.post(`/${payment}/capture`, first, { amount: 1000, final: false }, { wait: 20 });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      commandId: first,
      command: 'capture',
      status: 'DONE',
      reason: 'as-requested',
      amount: { amountMinor: '1000', currency: 'EUR' },
      final: false,
      payment: { status: 'PARTIALLY_SETTLED', amountCapturedMinor: '1000' },
    });
    const rest = sampleId('capture');
    expect((await stage.post(`/${payment}/capture`, rest, {}, { wait: 20 })).body).toMatchObject({ status: 'DONE' });
    expect(stage.primer.callsOf(first).map(({ body }) => body)).toMatchObject([{ amount: 1000, final: false }]);
    expect(stage.primer.callsOf(rest).map(({ body }) => body)).toMatchObject([{ amount: 3200, final: true }]);
    expect(await stage.result(rest)).toMatchObject({ outcome: 'DONE', paymentId: payment, amountMinor: '3200' });
    expect((await stage.get(rest)).body).toMatchObject({ status: 'DONE', orderId: `order-of-${payment}` });
  });

  it('gives the same result for the same id and body, 409 for another body, and calls once', async () => {
    const payment = stage.payment();
    const id = sampleId('capture');
    const taken = await stage.post(`/${payment}/capture`, id, { amount: 4200 });
    expect(taken).toMatchObject({
      status: 202,
      body: { commandId: id, links: { self: `/v1/payment-commands/${id}` } },
    });
    await stage.reaches(id, 'DONE');
    const again = await stage.post(`/${payment}/capture`, id, { amount: 4200 });
    expect(again).toMatchObject({ status: 200, body: { status: 'DONE' } });
    expect(await stage.post(`/${payment}/capture`, id, { amount: 4199 })).toMatchObject({
      status: 409,
      body: { code: 'PAYMENT_COMMAND_CONFLICT' },
    });
    expect(stage.primer.callsOf(id)).toHaveLength(1);
    expect(await stage.results(id)).toHaveLength(1);
  });

  it.each([
    ['less than the rest without a word on it', { amount: 100 }, 'final-not-said'],
    ['more than is authorised', { amount: 4201, final: true }, 'amount-exceeds-authorised'],
  ])('is a 422 for %s, and nothing is sent', async (_what, body, reason) => {
    const payment = stage.payment();
    const id = sampleId('capture');
    expect(await stage.post(`/${payment}/capture`, id, body)).toMatchObject({
      status: 422,
      body: { code: 'COMMAND_NOT_ALLOWED', facts: { reason } },
    });
    expect(stage.primer.callsOf(id)).toEqual([]);
  });

  it('of less than the rest without a word on it is never taken in, also while the payment cannot be read', async () => {
    const payment = stage.payment();
    const id = sampleId('capture');
    stage.primer.unreadable.add(payment);
    expect(await stage.post(`/${payment}/capture`, id, { amount: 100 })).toMatchObject({
      status: 503,
      body: { code: 'PAYMENT_NOT_READABLE' },
    });
    expect((await stage.get(id)).status).toBe(404);
    stage.primer.unreadable.delete(payment);
    expect(await stage.post(`/${payment}/capture`, id, { amount: 100 })).toMatchObject({ status: 422 });
    expect(stage.primer.callsOf(id)).toEqual([]);
  });

  it('does not reach another merchant’s payment', async () => {
    const payment = stage.payment(4200, MERCHANT_TWO);
    const answer = await stage.post(`/${payment}/capture`, sampleId('capture'), {});
    expect(answer).toMatchObject({ status: 404, body: { code: 'PAYMENT_NOT_FOUND' } });
    expect(stage.primer.totals(payment).captured).toBe(0);
  });

  it('needs an id, known fields and a merchant’s key', async () => {
    const payment = stage.payment();
    const path = `/${payment}/capture`;
    expect((await stage.post(path, '', {})).status).toBe(400);
    expect((await stage.post(path, sampleId('capture'), { ammount: 1 })).status).toBe(422);
    const operator = { authorization: 'Bearer operator-token-of-a-test' };
    expect((await stage.post(path, sampleId('capture'), {}, { headers: operator })).status).toBe(403);
    expect(stage.primer.totals(payment).captured).toBe(0);
  });
});

describe('a refund that Primer says it knows, and whose effect does not show', () => {
  const known = { status: 409, body: { error: { errorId: 'IdempotencyKeyAlreadyExists', description: 'known' } } };
  const note = { note: 'asked Primer', by: 'Ann' };

  it('stays unknown and keeps the next one waiting, until a person ends it, in line with what Primer shows', async () => {
    const payment = stage.payment();
    stage.primer.actInDashboard(payment, 'capture', {});
    const [stuck, next] = [sampleId('refund'), sampleId('refund')];
    stage.primer.script(stuck, { trouble: 'hang' }, known);
    await stage.post(`/${payment}/refund`, stuck, { amount: 4200 });
    await eventually(async () => expect(await stage.incidents(stuck)).toEqual(['COMMAND_WITHOUT_EFFECT']), {
      timeoutMs: 20_000,
    });
    await stage.post(`/${payment}/refund`, next, { amount: 700 });
    expect(await stage.reaches(stuck, 'UNKNOWN')).toMatchObject({ arrived: true });
    expect(await stage.results(stuck)).toEqual([]);
    const { body } = await stage.operate('/v1/incidents?kind=COMMAND_WITHOUT_EFFECT&state=OPEN');
    const [incident] = body['data'] as Array<{ safeAction: { path: string }; facts: { commandId: string } }>;
    expect(incident).toMatchObject({ facts: { commandId: stuck }, safeAction: { kind: 'look-again' } });
    expect(await stage.operate(incident!.safeAction.path, note)).toMatchObject({ status: 200 });

    const conclude = `/v1/payment-commands/${stuck}/conclude`;
    const asMerchant = 'intake-key-of-merchant-sample';
    expect((await stage.operate(conclude, { outcome: 'no-effect', ...note }, asMerchant)).status).toBe(403);
    await eventually(
      async () =>
        expect(await stage.operate(conclude, { outcome: 'done', ...note })).toMatchObject({
          status: 409,
          body: { code: 'CONTRADICTS_PROVIDER' },
        }),
      { timeoutMs: 20_000 },
    );
    expect(await stage.reaches(next, 'AWAITING')).toMatchObject({ calls: 0 });
    await eventually(
      async () =>
        expect(await stage.operate(conclude, { outcome: 'no-effect', ...note })).toMatchObject({
          status: 200,
          body: { status: 'REFUSED', reason: 'no-effect' },
        }),
      { timeoutMs: 20_000 },
    );
    expect(await stage.result(stuck)).toMatchObject({ outcome: 'REFUSED', reason: 'no-effect' });
    expect(await stage.result(next)).toMatchObject({ outcome: 'DONE', amountMinor: '700' });
    const open = await stage.operate('/v1/incidents?kind=COMMAND_WITHOUT_EFFECT&state=OPEN');
    expect(open.body['data']).toEqual([]);
    const deeds = (await stage.operate('/v1/operator-actions')).body['data'] as Array<Record<string, unknown>>;
    expect(deeds).toContainEqual(
      expect.objectContaining({
        kind: 'command-concluded',
        ...note,
        facts: expect.objectContaining({ commandId: stuck }),
      }),
    );
    expect(stage.primer.totals(payment).refunded).toBe(700);
  });
});
