import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  eventually,
  paymentSnapshotSample,
  reportedPaymentStatus,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { MERCHANT_TWICE, MERCHANT_TWO, primerKeyOf } from './gateway-service.ts';
import { GatewayStage } from './gateway-stage.ts';
import { refused, type Scripted } from './stub-primer.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const slowly = { timeoutMs: 20_000, intervalMs: 200 };
let stage: GatewayStage;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
  await stage.start();
}, 60_000);

afterAll(async () => {
  await stage?.strike();
});

const hangs: Scripted = { trouble: 'hang' };
const answerLost: Scripted = { trouble: 'hang', effect: true };
const notFound = refused(404, 'PaymentAttemptNotFound');

async function readiness(): Promise<object> {
  const answer = await stage.apps[0]!.inject({ method: 'GET', url: '/health/ready' });
  return { code: answer.statusCode, ...(JSON.parse(answer.body) as object) };
}

async function keyIncidents(): Promise<unknown[]> {
  return stage.query("SELECT merchant_id, closed_by FROM gateway.incident WHERE kind = 'KEY_REFUSED'");
}

describe('a key that Primer refuses', () => {
  it('pauses the calls of its merchant alone, keeps attempts AWAITING and goes on once it works', async () => {
    stage.primer.refusedKeys.add(primerKeyOf(MERCHANT_TWO));
    const stuck = stage.attempt(60_000, { merchantId: MERCHANT_TWO });
    const other = stage.attempt();
    await stage.decide(stuck);
    await eventually(async () => expect((await stage.row(stuck))?.last_answer).toBe('401 Unauthorized'), slowly);
    await stage.decide(other);
    await stage.reaches(other, 'APPROVED');
    // Between the tries that find out whether the key works again.
    await stage.reaches(stuck, 'AWAITING');
    expect(await readiness()).toMatchObject({
      ...{ code: 200, status: 'degraded', checks: { 'primer-keys': 'degraded' } },
    });
    expect(await stage.incidents(stuck)).toEqual(['KEY_REFUSED']);
    expect(await keyIncidents()).toEqual([{ merchant_id: MERCHANT_TWO, closed_by: null }]);
    stage.primer.refusedKeys.clear();
    await stage.reaches(stuck, 'APPROVED');
    expect(stage.primer.payments(stuck.order.orderId)).toHaveLength(1);
    await eventually(async () => {
      expect(await readiness()).toMatchObject({ code: 200, status: 'ready' });
      expect(await keyIncidents()).toEqual([{ merchant_id: MERCHANT_TWO, closed_by: 'gateway' }]);
    }, slowly);
  });

  it('turns the approve into an abort when it works again only after approveBy', async () => {
    stage.primer.refusedKeys.add(primerKeyOf(MERCHANT_TWO));
    const late = stage.attempt(1_000, { merchantId: MERCHANT_TWO });
    await stage.decide(late);
    await eventually(async () => expect((await stage.row(late))?.step).toBe('abort'), slowly);
    stage.primer.refusedKeys.clear();
    expect(await stage.reaches(late, 'ABORTED')).toMatchObject({ outcome_reason: 'decided-late' });
    expect(stage.primer.calls(late.paymentAttemptId)).toEqual(['abort:decided-late']);
  });
});

describe('a share of answers', () => {
  it('raises WRONG_KEY_OR_TENANT once half of a merchant’s answers in a minute are 404', async () => {
    const unknown = [1, 2, 3].map(() => stage.attempt(60_000, { merchantId: MERCHANT_TWO }));
    for (const attempt of unknown) {
      stage.primer.script(attempt.paymentAttemptId, 'approve', notFound, notFound, notFound);
      await stage.decide(attempt);
    }
    await Promise.all(unknown.map((attempt) => stage.reaches(attempt, 'REJECTED')));
    const [incident] = await stage.query<{ merchant_id: string }>(
      "SELECT merchant_id FROM gateway.incident WHERE kind = 'WRONG_KEY_OR_TENANT'",
    );
    expect(incident).toEqual({ merchant_id: MERCHANT_TWO });
  });
});

describe('reported payments', () => {
  it('answer an unknown approve before Primer’s list does', async () => {
    const attempt = stage.attempt();
    stage.primer.script(attempt.paymentAttemptId, 'approve', answerLost, ...Array<Scripted>(20).fill(hangs));
    await stage.decide(attempt);
    await stage.reaches(attempt, 'UNKNOWN');
    const [payment] = stage.primer.payments(attempt.order.orderId);
    await stage.report(
      reportedPaymentStatus(
        paymentSnapshotSample({ paymentId: payment!.id, orderId: attempt.order.orderId, amountMinor: '4200' }),
      ),
    );
    expect(await stage.reaches(attempt, 'APPROVED')).toMatchObject({ payment_id: payment!.id });
  });

  it('is nobody else’s: a second attempt of the order never takes a payment that does not show its instrument', async () => {
    const merchantId = MERCHANT_TWICE;
    const mine = stage.attempt(60_000, { merchantId });
    const { order, paymentMethod } = mine;
    const anotherCard = { ...paymentMethod, analyticsId: 'another-card' };
    const other = stage.attempt(60_000, { merchantId, order, paymentMethod: anotherCard });
    stage.primer.script(mine.paymentAttemptId, 'approve', ...Array<Scripted>(8).fill({ status: 503 }));
    stage.primer.script(other.paymentAttemptId, 'approve', hangs);
    await stage.decide(other, { analyticsId: 'another-card' });
    await stage.reaches(other, 'CALLING');
    const paymentId = stage.primer.actBehindTheBack(other.paymentAttemptId, 'approve', { paymentMethod: {} })!;
    await stage.decide(mine, { analyticsId: 'one-card' });
    await stage.reaches(mine, 'UNKNOWN');
    const { orderId } = order;
    const seen = paymentSnapshotSample({ paymentId, orderId, amountMinor: '4200' });
    await stage.report(reportedPaymentStatus(seen, { merchantId }));
    expect((await stage.reaches(mine, 'APPROVED')).payment_id).not.toBe(paymentId);
    expect((await stage.reaches(other, 'APPROVED')).payment_id).toBe(paymentId);
  });

  it('raise APPROVED_OTHER_THAN_DECIDED when the amount differs, whichever comes first', async () => {
    const [before, after] = [stage.attempt(), stage.attempt()];
    const report = (attempt: typeof before, amountMinor: string) =>
      stage.report(
        reportedPaymentStatus(
          paymentSnapshotSample({
            paymentId: `pay-${attempt.paymentAttemptId.slice(0, 8)}`,
            orderId: attempt.order.orderId,
            amountMinor,
          }),
        ),
      );
    await report(before, '4300');
    await stage.decide(before);
    await stage.decide(after);
    await stage.reaches(after, 'APPROVED');
    await report(after, '4100');
    for (const attempt of [before, after]) {
      await eventually(
        async () => expect(await stage.incidents(attempt)).toEqual(['APPROVED_OTHER_THAN_DECIDED']),
        slowly,
      );
    }
  });

  it('say nothing against a payment that is what was decided', async () => {
    const attempt = stage.attempt();
    await stage.decide(attempt);
    const { payment_id: paymentId } = await stage.reaches(attempt, 'APPROVED');
    await stage.report(
      reportedPaymentStatus(paymentSnapshotSample({ paymentId: paymentId!, orderId: attempt.order.orderId })),
    );
    await eventually(async () => {
      const [seen] = await stage.query<{ compared_at: Date | null }>(
        'SELECT compared_at FROM gateway.payment_sighting WHERE payment_id = $1',
        [paymentId],
      );
      expect(seen?.compared_at).toBeInstanceOf(Date);
    }, slowly);
    expect(await stage.incidents(attempt)).toEqual([]);
  });
});
