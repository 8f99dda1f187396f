import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readDispute } from './dispute-body.policy.ts';

const opened = {
  eventType: 'DISPUTE.OPENED',
  processorId: 'ADYEN',
  processorDisputeId: 'd1',
  paymentId: 'p1',
  transactionId: 't1',
  orderId: 'order-1',
  primerAccountId: 'account-1',
};
const status = {
  ...opened,
  eventType: 'DISPUTE.STATUS',
  processorId: undefined,
  processor: 'ADYEN',
  type: 'DISPUTE',
  status: 'OPEN',
  amount: 1200,
  currency: 'EUR',
  receivedAt: '2026-03-05T00:00:00.000001Z',
  challengeRequiredBy: '2026-03-19T00:00:00+0000',
  reason: 'Fraud',
  reasonCode: '10.4',
  processorReason: 'card 4111 1111 1111 1111 was stolen',
};
const read = (parts: Record<string, unknown> = {}) => readDispute({ ...status, ...parts });

describe('the body of a dispute webhook', () => {
  it('of DISPUTE.OPENED says which dispute of which payment, and no more', () => {
    const dispute = {
      processor: 'ADYEN',
      processorDisputeId: 'd1',
      paymentId: 'p1',
      transactionId: 't1',
      orderId: 'order-1',
    };
    expect(readDispute(opened)).toEqual({ dispute });
  });

  it('of DISPUTE.STATUS is read whole, instants to the microsecond, without what could be a card number', () => {
    expect(read()).toMatchObject({
      dispute: {
        type: 'DISPUTE',
        status: 'OPEN',
        amountMinor: '1200',
        currency: 'EUR',
        receivedAt: '2026-03-05T00:00:00.000001Z',
        challengeRequiredBy: '2026-03-19T00:00:00.000000Z',
        processorReason: 'card [digits] was stolen',
      },
    });
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['an amount beyond 2^53', { amount: 9_223_372_036_854_775_807n }, { amountMinor: '9223372036854775807' }],
    ['an amount as text', { amount: '7' }, { amountMinor: '7' }],
    ['a status in small letters', { status: 'won' }, { status: 'WON' }],
    ['a status that nobody knows', { status: 'TELEPORTED' }, { status: 'TELEPORTED' }],
    ['no processor', { processor: null }, { processor: 'unknown' }],
    ['a due date that is none', { challengeRequiredBy: 'soon' }, { status: 'OPEN' }],
  ])('may have %s', (_case, parts, expected) => {
    expect(read(parts)).toMatchObject({ dispute: expected });
  });

  it.each<[string, Record<string, unknown>]>([
    ['processorDisputeId', { processorDisputeId: null }],
    ['paymentId', { paymentId: { id: 'p1' } }],
    ['amount', { amount: -1 }],
    ['amount', { amount: 1.5 }],
    ['amount', { amount: '9'.repeat(20) }],
    ['currency', { currency: 'EURO' }],
    ['receivedAt', { receivedAt: '2026-02-30T00:00:00' }],
    ['status', { status: undefined }],
    ['type', { type: ['DISPUTE'] }],
  ])('is not believed without a readable %s', (field, parts) => {
    expect(read(parts)).toMatchObject({ reason: expect.stringContaining(field) });
  });

  it('is read or refused whatever it holds', () => {
    fc.assert(
      fc.property(fc.record(Object.fromEntries(Object.keys(status).map((name) => [name, fc.jsonValue()]))), (body) => {
        expect(Object.keys(readDispute(body))).toHaveLength(1);
      }),
    );
  });
});
