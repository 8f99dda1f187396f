import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { mergeFacts, NO_FACTS, toFacts } from './facts.policy.ts';
import { asksForReading, findFlags } from './flag.policy.ts';

/** A payment that was authorised over 1000 and then reported as `parts`. */
function factsOf(parts: Partial<PaymentSnapshot>) {
  const common = { paymentId: 'p1', currency: 'EUR', processorName: 'ADYEN', transactions: [] };
  return [
    { ...common, status: 'AUTHORIZED', amountMinor: '1000', dateUpdated: '2026-01-01T00:00:01' },
    { ...common, status: 'AUTHORIZED', dateUpdated: '2026-01-01T00:00:02', ...parts },
  ]
    .map(toFacts)
    .reduce(mergeFacts, NO_FACTS);
}

const refund = { id: 'r1', type: 'REFUND', status: 'SETTLED', amountMinor: '100' };
const settled = { status: 'SETTLED', amountMinor: '1000', amountCapturedMinor: '1000' };

describe('flags of a payment', () => {
  it.each<[string, Partial<PaymentSnapshot>]>([
    ['STATUS_UNKNOWN', { status: 'TELEPORTED' }],
    ['CAPTURED_MORE_THAN_AUTHORIZED', { amountCapturedMinor: '1200' }],
    ['CAPTURED_BUT_NOT_AUTHORIZED', { status: 'DECLINED', amountCapturedMinor: '10' }],
    ['UNGATED_PAYMENT', {}],
    ['REFUND_STATUS_UNKNOWN', { ...settled, transactions: [{ ...refund, status: 'TELEPORTED' }] }],
    ['REFUND_AMOUNT_UNKNOWN', { ...settled, transactions: [{ ...refund, amountMinor: undefined }] }],
    ['REFUNDS_DIFFER', { ...settled, amountRefundedMinor: '300', transactions: [refund] }],
    ['REFUNDS_DIFFER', { ...settled, amountRefundedMinor: '300' }],
    ['REFUNDED_MORE_THAN_CAPTURED', { ...settled, transactions: [{ ...refund, amountMinor: '1001' }] }],
  ])('name %s', (flag, parts) => {
    expect(findFlags(factsOf(parts))).toContain(flag);
  });

  it('ask for the events when the authorised amount changed after the last event we hold', () => {
    const facts = factsOf({
      amountMinor: '1500',
      events: [{ type: 'AUTHORIZATION_SUCCEEDED', amountMinor: '1000', at: '2026-01-01T00:00:01' }],
    });
    expect(findFlags(facts)).toContain('AUTHORIZATION_CHANGED');
  });

  it.each([
    ['counts', '150'],
    ['does not count', '100'],
  ])('see no difference where the provider %s a refund that is still under way', (_case, amountRefundedMinor) => {
    const underWay = { ...refund, id: 'r2', status: 'PENDING', amountMinor: '50' };
    const facts = factsOf({ ...settled, amountRefundedMinor, transactions: [refund, underWay] });
    expect(findFlags(facts)).toEqual(['UNGATED_PAYMENT']);
  });
});

describe('a payment of which a part was captured', () => {
  const partial = { status: 'SETTLING', amountCapturedMinor: '400' };
  const asks = (parts: Partial<PaymentSnapshot>) => asksForReading(factsOf(parts), []);

  it('is read until its events say whether that was the last capture', () => {
    expect(asks(partial)).toBe(true);
    expect(asks({ ...partial, events: [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '400', final: true }] })).toBe(false);
    expect(asks({ ...partial, events: [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '400' }] })).toBe(false);
    expect(asks({ ...partial, events: [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '300' }] })).toBe(true);
  });

  it('needs no read where nothing is held any more', () => {
    expect(asks({ status: 'SETTLED', amountCapturedMinor: '400' })).toBe(false);
    expect(asks({ status: 'SETTLING', amountCapturedMinor: '1000' })).toBe(false);
  });
});
