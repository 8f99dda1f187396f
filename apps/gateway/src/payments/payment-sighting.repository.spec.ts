import { describe, expect, it } from '@jest/globals';
import { paymentSnapshotSample } from '@tollgate/testing';
import { saysUnpaid } from './payment-sighting.repository.ts';

describe('a reported payment', () => {
  it.each([
    ['DECLINED', undefined, true],
    ['FAILED', '0', true],
    ['CANCELLED', '0', true],
    ['CANCELLED', '1200', false],
    ['AUTHORIZED', undefined, false],
    ['SETTLED', '4200', false],
  ])('in status %s with %s captured leaves its order unpaid: %s', (status, amountCapturedMinor, unpaid) => {
    const snapshot = { ...paymentSnapshotSample({ status }), ...(amountCapturedMinor && { amountCapturedMinor }) };
    expect(saysUnpaid({ merchantId: 'm-1', snapshot })).toBe(unpaid);
  });
});
