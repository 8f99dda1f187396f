import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApprovalChangedData } from '@tollgate/contracts';
import { eventually, sampleId, testDatabase, testRecords, testTopicPrefix } from '@tollgate/testing';
import { toHoldDigest } from '../src/commands/hold-command.policy.ts';
import { CommandStage } from './command-stage.ts';
import { MERCHANT_LIMITED, MERCHANT_TWO } from './gateway-service.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const merchantId = MERCHANT_LIMITED;
let stage: CommandStage;

beforeAll(async () => {
  stage = await CommandStage.set(database, topics, records);
  Object.assign(stage.environment, { GATEWAY_CREATE_HOLD_MS: '300', GATEWAY_VERDICT_GRACE_MS: '200' });
  await stage.start();
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

function capturedPayment(): string {
  const payment = stage.payment(4200, merchantId);
  stage.primer.actInDashboard(payment, 'capture', {});
  return payment;
}

/** A refund above the limit, as it waits. */
async function heldRefund(payment: string, id = sampleId('refund')) {
  const answer = await stage.post(`/${payment}/refund`, id, { amount: 3000 }, { merchantId });
  return { id, answer, held: await stage.heldEvent(id) };
}

type Word = Pick<ApprovalChangedData, 'change' | 'decision'>;
const approved: Word = { change: 'decided', decision: 'approved' };
const rejected: Word = { change: 'decided', decision: 'rejected' };
const say = (commandId: string, holdDigest: string, word: Word) =>
  stage.say({ merchantId, resourceId: commandId, holdDigest, ...word });

describe("a refund above its merchant's limit", () => {
  it('waits, is told so at once, keeps nothing else waiting, and is carried out once when it is approved', async () => {
    const payment = capturedPayment();
    const { id, answer, held } = await heldRefund(payment);
    expect(answer).toMatchObject({
      status: 202,
      body: { status: 'HELD', links: { approval: expect.stringContaining(`resourceId=${id}`) } },
    });
    expect(held).toMatchObject({
      ...{ merchantId, kind: 'refund', paymentId: payment, amountMinor: '3000', currency: 'EUR' },
      ...{ reason: 'amount-above-limit', limit: { amountMinorMax: '1000' }, requester: `merchant:${merchantId}` },
    });
    const small = await stage.post(`/${payment}/refund`, sampleId('refund'), { amount: 500 }, { wait: 20, merchantId });
    expect(small.body).toMatchObject({ status: 'DONE', hold: null });
    expect(stage.primer.callsOf(id)).toEqual([]);

    await say(id, held.holdDigest, { change: 'voted', decision: 'pending' });
    await say(id, held.holdDigest, approved);
    await say(id, held.holdDigest, approved);
    await say(id, held.holdDigest, rejected);
    expect(await stage.result(id)).toMatchObject({ outcome: 'DONE', amountMinor: '3000' });
    expect(stage.primer.callsOf(id)).toHaveLength(1);
    expect(stage.primer.totals(payment).refunded).toBe(3500);
    const again = await stage.post(`/${payment}/refund`, id, { amount: 3000 }, { merchantId });
    expect(again).toMatchObject({ status: 200, body: { status: 'DONE', hold: { verdict: 'approved' } } });
  });

  it.each([
    ['rejected', rejected, 'approval-rejected'],
    ['recalled', { change: 'recalled', decision: 'cancelled' }, 'approval-cancelled'],
    ['left to expire', { change: 'expired', decision: 'cancelled' }, 'approval-expired'],
  ] as const)('is never sent once it is %s, whatever is said afterwards', async (_how, word, reason) => {
    const payment = capturedPayment();
    const { id, held } = await heldRefund(payment);
    await say(id, held.holdDigest, word);
    await say(id, held.holdDigest, approved);
    expect(await stage.result(id)).toMatchObject({ outcome: 'REFUSED', reason });
    expect(stage.primer.callsOf(id)).toEqual([]);
    expect(stage.primer.totals(payment).refunded).toBe(0);
  });

  it('goes on when the approval comes first, and waits when that is about another amount or merchant', async () => {
    const payment = capturedPayment();
    const [early, other] = [sampleId('refund'), sampleId('refund')];
    const request = { kind: 'refund', paymentId: payment, amountMinor: '3000' } as const;
    const command = { merchantId, commandId: early, request, paymentId: payment, payment: stage.shown(payment) };
    const digest = toHoldDigest(command, { amountMinor: '3000', currency: 'EUR' }, null);
    await say(early, digest, approved);
    await say(other, digest, approved);
    await stage.say({ merchantId: MERCHANT_TWO, resourceId: early, holdDigest: digest, ...rejected });
    await eventually(
      async () =>
        expect(await stage.query('SELECT FROM gateway.command_verdict WHERE command_id = $1', [other])).toHaveLength(1),
      {
        timeoutMs: 20_000,
      },
    );
    await stage.post(`/${payment}/refund`, early, { amount: 3000 }, { wait: 20, merchantId });
    expect(await stage.result(early)).toMatchObject({ outcome: 'DONE' });
    const second = capturedPayment();
    const waits = await stage.post(`/${second}/refund`, other, { amount: 3000 }, { wait: 20, merchantId });
    expect(waits).toMatchObject({ status: 202, body: { status: 'HELD' } });
  });
});

describe('other limits', () => {
  it('hold a create until its time is over, and then nothing is left of its token', async () => {
    const id = sampleId('create');
    const create = {
      ...{ paymentMethodToken: sampleId('token'), orderId: sampleId('order') },
      ...{ amount: 10_001, currencyCode: 'EUR' },
    };
    expect((await stage.post('', id, create, { merchantId })).status).toBe(202);
    expect(await stage.result(id)).toMatchObject({ outcome: 'REFUSED', reason: 'approval-expired' });
    const row = await stage.reaches(id, 'REFUSED');
    expect(row).toMatchObject({ sealed_token: null, calls: 0 });
    expect(stage.primer.ofOrder(create.orderId)).toEqual([]);
  });

  it('hold a capture of one cent more, until somebody has approved it', async () => {
    const payment = stage.payment(5_001, merchantId);
    const [small, large] = [sampleId('capture'), sampleId('capture')];
    const held = await stage.post(`/${payment}/capture`, large, { amount: 5_001 }, { merchantId });
    expect(held).toMatchObject({ status: 202, body: { status: 'HELD' } });
    const { holdDigest, reason } = await stage.heldEvent(large);
    expect([reason, stage.primer.callsOf(large)]).toEqual(['amount-above-limit', []]);
    await say(large, holdDigest, approved);
    expect(await stage.result(large)).toMatchObject({ outcome: 'DONE', amountMinor: '5001' });
    const options = { wait: 20, merchantId };
    const other = stage.payment(5_000, merchantId);
    expect((await stage.post(`/${other}/capture`, small, { amount: 5_000 }, options)).body.status).toBe('DONE');
  });

  it('let the first cancel of an hour through, and hold the second', async () => {
    const [first, second] = [sampleId('cancel'), sampleId('cancel')];
    const options = { wait: 20, merchantId };
    expect((await stage.post(`/${stage.payment(4200, merchantId)}/cancel`, first, {}, options)).body).toMatchObject({
      status: 'DONE',
    });
    expect((await stage.post(`/${stage.payment(4200, merchantId)}/cancel`, second, {}, options)).body).toMatchObject({
      status: 'HELD',
    });
    expect(await stage.heldEvent(second)).toMatchObject({ reason: 'rate-above-limit', amountMinor: '4200' });
  });
});
