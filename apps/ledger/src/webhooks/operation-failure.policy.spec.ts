import { describe, expect, it } from '@jest/globals';
import { readOperationFailure } from './operation-failure.policy.ts';

const capture = {
  eventType: 'PAYMENT.CAPTURE.FAILED',
  date: '2026-03-01T00:00:00',
  signedAt: '1',
  payment: { id: 'p1' },
  requestAmount: 1500,
  transactionEvent: { id: 'e1' },
};
const keyOf = (body: Record<string, unknown>, merchantId = 'm1') => readOperationFailure(merchantId, body).dedupKey;

describe('the webhook of a failed operation', () => {
  it('has an effect once under its own id', () => {
    expect(keyOf({ ...capture, date: 'later', signedAt: '2', requestAmount: 1 })).toBe(keyOf(capture));
    expect(keyOf({ ...capture, transactionEvent: { id: 'e2' } })).not.toBe(keyOf(capture));
    expect(keyOf({ ...capture, eventType: 'PAYMENT.REFUND.FAILED' })).not.toBe(keyOf(capture));
    expect(keyOf(capture, 'm2')).not.toBe(keyOf(capture));
  });

  it('has an effect once under the id of its run, as a workflow', () => {
    const workflow = { eventType: 'WORKFLOW_RUN.FAILED', triggerEventId: 'p1', run: { id: 'r1' } };
    expect(keyOf({ ...workflow, triggerEventId: null })).toBe(keyOf(workflow));
    expect(keyOf({ ...workflow, run: { id: 'r2' } })).not.toBe(keyOf(workflow));
  });

  it('without an id is known by its body, but for the times of the delivery', () => {
    const { transactionEvent: _id, ...anonymous } = capture;
    expect(keyOf({ ...anonymous, date: 'later', signedAt: '2' })).toBe(keyOf(anonymous));
    expect(keyOf({ ...anonymous, requestAmount: 9_007_199_254_740_993n })).not.toBe(keyOf(anonymous));
  });

  it.each([
    [1500, '1500'],
    ['1500', '1500'],
    [-1, undefined],
    [1.5, undefined],
    [null, undefined],
  ])('that asks for %s says %s', (requestAmount, expected) => {
    expect(readOperationFailure('m1', { ...capture, requestAmount }).requestedMinor).toBe(expected);
  });
});
