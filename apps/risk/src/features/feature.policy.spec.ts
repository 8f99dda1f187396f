import { describe, expect, it } from '@jest/globals';
import type { AttemptTokenisedData } from '@tollgate/contracts';
import { type AttemptContext, FEATURES, toFeatureSnapshot } from './feature.policy.ts';

const ATTEMPT: AttemptTokenisedData = {
  merchantId: 'shop',
  paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
  clientSessionId: 'session',
  instrument: 'instrument',
  order: { orderId: 'order', amountMinor: '9007199254740993', currency: 'EUR' },
  paymentMethod: {},
};

const CONTEXT: AttemptContext = {
  values: { card: null, customer: null, email: null, ip: null, bin: null, device: null },
  receivedAt: new Date('2026-11-21T09:00:00.400Z'),
  allowedBy: [],
  blockedBy: [],
  watchedBy: [],
  history: {},
  velocity: { 'velocity.countByCustomer60s': null, 'velocity.countByCard60s': 7 },
};

describe('toFeatureSnapshot', () => {
  it('states every declared feature and counter, unknown ones as null, in the order of their names', () => {
    const names = Object.keys(toFeatureSnapshot(ATTEMPT, CONTEXT));
    expect(names).toEqual([...Object.keys(FEATURES), 'velocity.countByCard60s', 'velocity.countByCustomer60s']);
    expect(names).toEqual(names.toSorted());
  });

  it('keeps amounts exact and writes networks and funding types in capitals', () => {
    const paymentMethod = { network: 'Visa', accountFundingType: 'credit' };
    expect(toFeatureSnapshot({ ...ATTEMPT, paymentMethod }, CONTEXT)).toMatchObject({
      'order.amountMinor': '9007199254740993',
      'card.network': 'VISA',
      'card.accountFundingType': 'CREDIT',
      'card.bin': null,
    });
  });

  it.each([
    [undefined, null],
    [Date.parse('2026-11-21T08:59:57Z') / 1000, 3],
    [1e300, null],
  ])("takes the browser's timestamp %s for a lag of %s seconds", (sdkTimestamp, lag) => {
    const attempt = { ...ATTEMPT, ...(sdkTimestamp === undefined ? {} : { sdkTimestamp }) };
    expect(toFeatureSnapshot(attempt, CONTEXT)['attempt.browserLagSeconds']).toBe(lag);
  });
});
