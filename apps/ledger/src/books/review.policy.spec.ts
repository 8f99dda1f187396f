import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { findDoubts } from './review.policy.ts';

/** What is doubtful about the last of these snapshots. */
function doubtsAbout(...snapshots: Partial<PaymentSnapshot>[]) {
  const evidence = snapshots.map((parts, index) => ({
    evidenceId: index.toString(),
    receivedAtUs: 0n,
    snapshot: {
      paymentId: 'p1',
      status: 'AUTHORIZED',
      amountMinor: '100',
      dateUpdated: '2026-03-01T10:00:00.000001',
      transactions: [],
      ...parts,
    },
  }));
  return findDoubts(evidence, new Set([(snapshots.length - 1).toString()]));
}

describe('doubts about evidence', () => {
  it('are none about an ordinary life', () => {
    const settled = { status: 'SETTLED', amountCapturedMinor: '100', dateUpdated: '2026-03-02T00:00:00' };
    expect(doubtsAbout({ status: 'PENDING', dateUpdated: '2026-02-28T00:00:00' }, {}, settled)).toEqual([]);
  });

  it.each<[string, Partial<PaymentSnapshot>]>([
    ['UNDATED', { dateUpdated: undefined }],
    ['CAPTURED_WHILE_NOT_AUTHORIZED', { status: 'DECLINED', amountCapturedMinor: '5' }],
    ['NOTHING_CAPTURED_WHILE_SETTLING', { status: 'SETTLED', amountCapturedMinor: '0' }],
    [
      'REFUNDED_MORE_THAN_CAPTURED',
      {
        status: 'SETTLED',
        amountCapturedMinor: '5',
        amountRefundedMinor: '6',
        transactions: [{ id: 'r1', type: 'REFUND', status: 'SETTLED', amountMinor: '6' }],
      },
    ],
    ['REFUNDS_DIFFER', { status: 'SETTLED', amountCapturedMinor: '100', amountRefundedMinor: '6' }],
    ['CAPTURE_EVENTS_DIFFER', { amountCapturedMinor: '5', events: [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '6' }] }],
  ])('name %s', (doubt, parts) => {
    expect(doubtsAbout(parts)).toEqual([doubt]);
  });

  it('name a tie: another status or money of the very same microsecond', () => {
    expect(doubtsAbout({}, { status: 'CANCELLED' })).toEqual(['TIED']);
    expect(doubtsAbout({}, { dateUpdated: '2026-03-01T10:00:00.000001Z', amountCapturedMinor: '5' })).toEqual(['TIED']);
  });

  it('see no tie where only the events or the names are told in more detail', () => {
    const events = [{ type: 'AUTHORIZATION_SUCCEEDED', amountMinor: '100' }];
    expect(doubtsAbout({}, { events, processorName: 'STRIPE' })).toEqual([]);
  });
});
