import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AttemptTokenisedData } from '@tollgate/contracts';
import {
  decidedAttempt,
  eventually,
  paymentSnapshotSample,
  reportedPaymentStatus,
  testDatabase,
  testRecords,
  testTopicPrefix,
} from '@tollgate/testing';
import { MERCHANT_TWICE } from './gateway-service.ts';
import { GatewayStage } from './gateway-stage.ts';
import { refused } from './stub-primer.ts';

const topics = testTopicPrefix(import.meta.url);
const database = await testDatabase(import.meta.url);
const records = await testRecords(topics);
const slowly = { timeoutMs: 20_000, intervalMs: 100 };
let stage: GatewayStage;

beforeAll(async () => {
  stage = await GatewayStage.set(database, topics, records);
  await Promise.all([stage.start({ GATEWAY_MERCHANT_CALLS_MAX: '4' }), stage.start()]);
}, 90_000);

afterAll(async () => {
  await stage?.strike();
});

/** Further attempts of the attempt's order: other tabs, other cards. */
const another = ({ order, merchantId }: AttemptTokenisedData) => stage.attempt(60_000, { order, merchantId });

/** The attempt's payment has been reported with this status, and the gateway knows. */
async function isReported(attempt: AttemptTokenisedData, paymentId: string, status: string): Promise<void> {
  await stage.report(
    reportedPaymentStatus(paymentSnapshotSample({ paymentId, orderId: attempt.order.orderId, status })),
  );
  await eventually(async () => {
    const rows = await stage.query(
      'SELECT FROM gateway.payment_sighting WHERE payment_id = $1 AND unpaid_as_of IS NOT NULL',
      [paymentId],
    );
    expect(rows).toHaveLength(1);
  }, slowly);
}

describe('an order', () => {
  it('is charged once, however many of its attempts are approved at the same time by two gateways', async () => {
    const orders = Array.from({ length: 12 }, () => stage.attempt()).map((first) => [
      first,
      ...Array.from({ length: 4 }, () => another(first)),
    ]);
    await stage.send(...orders.flat().map((attempt) => decidedAttempt(attempt)));
    await Promise.all(orders.flat().map((attempt) => stage.concluded(attempt)));
    for (const attempts of orders) {
      const outcomes = await Promise.all(attempts.map((attempt) => stage.concluded(attempt)));
      expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
        'ABORTED',
        'ABORTED',
        'ABORTED',
        'ABORTED',
        'APPROVED',
      ]);
      const [aborted] = outcomes.filter(({ outcome }) => outcome === 'ABORTED');
      expect(aborted).toMatchObject({
        reason: 'order-already-paid',
        shopperCode: 'ALREADY_PAID',
        charged: 'no',
        retryable: false,
      });
      expect(stage.primer.payments(attempts[0]!.order.orderId)).toHaveLength(1);
    }
  }, 60_000);

  it('is free again once its payment was declined, and not by an older report than that it was authorised', async () => {
    const first = stage.attempt();
    await stage.decide(first);
    const { payment_id: paymentId } = await stage.reaches(first, 'APPROVED');
    await isReported(first, paymentId!, 'DECLINED');
    const second = another(first);
    await stage.decide(second);
    await stage.reaches(second, 'APPROVED');
    const third = another(first);
    await stage.decide(third);
    expect(await stage.reaches(third, 'ABORTED')).toMatchObject({ outcome_reason: 'order-already-paid' });
  });

  it('is kept by an attempt whose outcome is unknown, and freed when Primer rejects it', async () => {
    const first = stage.attempt(60_000);
    stage.primer.script(first.paymentAttemptId, 'approve', { status: 503 }, refused(400, 'BadRequest'));
    stage.primer.listIsEmpty = true;
    await stage.decide(first);
    await stage.reaches(first, 'UNKNOWN');
    const second = another(first);
    await stage.decide(second);
    expect(await stage.reaches(second, 'ABORTED')).toMatchObject({ outcome_reason: 'order-already-paid' });
    await stage.reaches(first, 'REJECTED');
    stage.primer.listIsEmpty = false;
    const third = another(first);
    await stage.decide(third);
    await stage.reaches(third, 'APPROVED');
  });

  it('is not approved again when an attempt that was aborted turned out to be paid', async () => {
    const first = stage.attempt();
    stage.primer.actBehindTheBack(first.paymentAttemptId, 'approve');
    await stage.abort(first);
    await stage.reaches(first, 'APPROVED');
    expect(await stage.incidents(first)).toEqual(['PAID_AGAINST_ABORT']);
    const second = another(first);
    await stage.decide(second);
    expect(await stage.reaches(second, 'ABORTED')).toMatchObject({ outcome_reason: 'order-already-paid' });
  });

  it('is not charged again while a payment of it is reported that is nobody’s, and a person is told of that payment', async () => {
    const first = stage.attempt();
    stage.primer.script(first.paymentAttemptId, 'approve', refused(409, 'ClientSessionNotManual'));
    await stage.decide(first);
    await stage.reaches(first, 'REJECTED');
    // Primer charges a session that was not made for approval by itself.
    const paymentId = `charged-by-itself-${first.paymentAttemptId}`;
    const date = new Date().toISOString().replace('Z', '000Z');
    const report = paymentSnapshotSample({ paymentId, orderId: first.order.orderId, status: 'AUTHORIZED', date });
    await stage.report(reportedPaymentStatus(report));
    await eventually(async () => expect(await stage.incidents(first)).toEqual(['PAID_AGAINST_ABORT']), slowly);
    const second = another(first);
    await stage.decide(second);
    expect(await stage.reaches(second, 'ABORTED')).toMatchObject({ outcome_reason: 'order-already-paid' });
    await isReported(first, paymentId, 'CANCELLED');
    const third = another(first);
    await stage.decide(third);
    await stage.reaches(third, 'APPROVED');
  });

  it('is paid as often as it is approved where the merchant says so', async () => {
    const first = stage.attempt(60_000, { merchantId: MERCHANT_TWICE });
    const second = another(first);
    await stage.send(decidedAttempt(first), decidedAttempt(second));
    await Promise.all([stage.reaches(first, 'APPROVED'), stage.reaches(second, 'APPROVED')]);
    expect(stage.primer.payments(first.order.orderId)).toHaveLength(2);
  });
});
