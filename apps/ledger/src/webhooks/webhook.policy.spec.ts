import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import fc from 'fast-check';
import { judgeWebhook } from './webhook.policy.ts';

const receivedAt = new Date('2026-03-01T12:00:00Z');
const TOLERANCE_MS = 45 * 60_000;
const snapshot: PaymentSnapshot = { paymentId: 'p1', status: 'AUTHORIZED', transactions: [] };
const judge = (body: unknown, parts: { snapshot?: PaymentSnapshot | undefined } = { snapshot }) =>
  judgeWebhook({ body, snapshot: parts.snapshot, merchantId: 'm1', receivedAt }, TOLERANCE_MS);
const status = { eventType: 'PAYMENT.STATUS', payment: { id: 'p1', status: 'AUTHORIZED' } };
const secondsAgo = (seconds: number) => Math.floor(receivedAt.getTime() / 1000 - seconds);

describe('the verdict on a signed webhook', () => {
  it.each<[string, unknown, string]>([
    ['no signedAt', undefined, 'REPORTED'],
    ['signedAt null', null, 'REPORTED'],
    ['signed within the tolerance', secondsAgo(44 * 60).toString(), 'REPORTED'],
    ['signed at the tolerance', secondsAgo(45 * 60).toString(), 'REPORTED'],
    ['signed before the tolerance', secondsAgo(45 * 60 + 1).toString(), 'STALE'],
    ['signed ahead of our clock', secondsAgo(-999_999).toString(), 'REPORTED'],
    ['signedAt as a number', secondsAgo(60), 'REPORTED'],
    ['signedAt in milliseconds', receivedAt.getTime() - 60_000, 'REPORTED'],
    ['signedAt as a date', '2026-03-01T10:00:00Z', 'STALE'],
    ['signedAt as no time', 'soon', 'NOT_UNDERSTOOD'],
    ['signedAt as an object', {}, 'NOT_UNDERSTOOD'],
  ])('with %s', (_case, signedAt, verdict) => {
    expect(judge({ ...status, signedAt })).toMatchObject({ verdict, paymentId: 'p1' });
  });

  it('is PING for the test of a connection', () => {
    expect(judge({ message: 'Testing your webhook connection' })).toEqual({ verdict: 'PING', isReadBack: false });
  });

  it('reads back the payment of anything set aside, where it can be told', () => {
    expect(judge({ ...status, signedAt: '0' })).toMatchObject({ verdict: 'STALE', isReadBack: true });
    expect(judge({ eventType: 'PAYMENT.NEW', paymentId: 'p2' })).toMatchObject({ isReadBack: true, paymentId: 'p2' });
    expect(judge({ eventType: 'PAYMENT.NEW' })).toMatchObject({ verdict: 'NOT_UNDERSTOOD', isReadBack: false });
  });

  it('reads back the payment of a failed operation or workflow, for nothing else tells what became of it', () => {
    const failure = { eventType: 'WORKFLOW_RUN.FAILED', triggerEventId: 'p3' };
    expect(judge(failure)).toMatchObject({ verdict: 'RECORDED', isReadBack: true, paymentId: 'p3' });
  });

  it('believes no payment that does not fit its schema', () => {
    expect(judge(status, { snapshot: undefined })).toMatchObject({ verdict: 'NOT_UNDERSTOOD' });
  });

  it('exists for any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        expect(judge(body, { snapshot: undefined }).verdict).toMatch(/^(REPORTED|RECORDED|PING|NOT_UNDERSTOOD|STALE)$/);
      }),
    );
  });
});
