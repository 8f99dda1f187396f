import { describe, expect, it } from '@jest/globals';
import type { PaymentDispute } from '@tollgate/contracts';
import { isOpenDispute, mergeDisputes, toDisputeDedupKey, toDisputes, type DisputeFacts } from './dispute.policy.ts';

const dispute = (parts: Partial<PaymentDispute> = {}): PaymentDispute => ({
  processor: 'ADYEN',
  processorDisputeId: 'd1',
  paymentId: 'p1',
  type: 'DISPUTE',
  status: 'OPEN',
  amountMinor: '400',
  currency: 'EUR',
  receivedAt: '2026-02-01T00:00:00.000001',
  ...parts,
});

/** The one dispute that these reports are about. */
function merged(...reports: Partial<PaymentDispute>[]): DisputeFacts {
  const all = reports.map((parts) => toDisputes(dispute(parts))).reduce((a, b) => mergeDisputes(a, b) ?? a);
  expect(all.size).toBe(1);
  return [...all.values()][0]!;
}

describe('the name under which a report of a dispute has an effect once', () => {
  const key = (parts: Partial<PaymentDispute> = {}, merchantId = 'm1') => toDisputeDedupKey(merchantId, dispute(parts));

  it('is the same for every delivery of the same news', () => {
    expect(key({ receivedAt: '2026-02-01T00:00:00.0000010' })).toBe(key());
    expect(key({ amountMinor: undefined })).toBe(toDisputeDedupKey('m1', without(dispute(), 'amountMinor')));
  });

  it.each<[string, Partial<PaymentDispute>]>([
    ['processor', { processor: 'STRIPE' }],
    ['dispute', { processorDisputeId: 'd2' }],
    ['type', { type: 'RETRIEVAL' }],
    ['status', { status: 'WON' }],
    ['time', { receivedAt: '2026-02-01T00:00:00.000002' }],
    ['amount', { amountMinor: '401' }],
    ['due date', { challengeRequiredBy: '2026-03-01T00:00:00' }],
  ])('is another for another %s', (_field, parts) => {
    expect(key(parts)).not.toBe(key());
  });

  it('is another for another merchant', () => {
    expect(key({}, 'm2')).not.toBe(key());
  });
});

describe('what is known of a dispute', () => {
  it('is its newest standing, whatever came last', () => {
    const lost = { status: 'LOST', receivedAt: '2026-02-02T00:00:00' };
    expect(merged(lost, {}).standing?.value).toEqual({ type: 'DISPUTE', status: 'LOST' });
    expect(merged({}, lost).standing?.value).toEqual({ type: 'DISPUTE', status: 'LOST' });
  });

  it('is the later stage and status where two reports are of the same moment', () => {
    expect(merged({ status: 'CHALLENGED' }, {}).standing?.value.status).toBe('CHALLENGED');
    expect(merged({ type: 'PREARBITRATION' }, { status: 'WON' }).standing?.value.type).toBe('PREARBITRATION');
  });

  it('starts with the webhook that opened it, which has neither time nor status', () => {
    const opened = { type: undefined, status: undefined, amountMinor: undefined, receivedAt: undefined };
    expect(merged(opened).standing?.value).toEqual({ type: undefined, status: 'OPEN' });
    expect(merged({ status: 'WON' }, opened).standing?.value.status).toBe('WON');
  });

  it('keeps its due date when later reports leave it out', () => {
    const due = '2026-03-01T00:00:00';
    const facts = merged({ challengeRequiredBy: due }, { status: 'CHALLENGED', receivedAt: '2026-02-02T00:00:00' });
    expect(facts.challengeRequiredBy?.value).toBe(due);
  });

  it.each([
    ['OPEN', true],
    ['CHALLENGED', true],
    ['TELEPORTED', true],
    ['WON', false],
    ['LOST', false],
    ['ACCEPTED', false],
    ['EXPIRED', false],
    ['CANCELLED', false],
  ])('is open while %s: %s', (status, expected) => {
    expect(isOpenDispute(merged({ status }))).toBe(expected);
  });
});

function without(report: PaymentDispute, field: 'amountMinor'): PaymentDispute {
  const { [field]: _left, ...rest } = report;
  return rest;
}
