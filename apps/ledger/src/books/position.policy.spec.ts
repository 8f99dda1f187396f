import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { mergeFacts, NO_FACTS, toFacts } from './facts.policy.ts';
import { findFlags, toPosition } from './position.policy.ts';

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

/** `account layer amount` of every posting, as the table of a sale writes it. */
function positionOf(parts: Partial<PaymentSnapshot>): string[] {
  return toPosition(factsOf(parts)).map((posting) => `${posting.account} ${posting.layer} ${posting.amountMinor}`);
}

const CAPTURED = 'processor:ADYEN:captured';
const SETTLED = 'processor:ADYEN:settled';

describe('the position of a sale', () => {
  it.each<[string, Partial<PaymentSnapshot>, string[]]>([
    ['AUTHORIZED: the hold is open', {}, [`${CAPTURED} pending 1000`, 'sales:clearing pending -1000']],
    [
      'AUTHORIZED with a part captured: the rest is held',
      { amountCapturedMinor: '400' },
      [
        `${CAPTURED} pending 600`,
        'sales:clearing pending -600',
        `${CAPTURED} posted 400`,
        'sales:clearing posted -400',
      ],
    ],
    [
      'SETTLING in full: no hold is left',
      { status: 'SETTLING', amountMinor: '1000' },
      [`${CAPTURED} posted 1000`, 'sales:clearing posted -1000'],
    ],
    [
      'PARTIALLY_SETTLED: the rest can still be captured',
      { status: 'PARTIALLY_SETTLED', amountCapturedMinor: '400' },
      [
        `${CAPTURED} pending 600`,
        'sales:clearing pending -600',
        `${CAPTURED} posted 400`,
        'sales:clearing posted -400',
      ],
    ],
    [
      'SETTLING after a final capture: the rest is released',
      {
        status: 'SETTLING',
        amountCapturedMinor: '400',
        events: [{ type: 'CAPTURE_SUCCEEDED', amountMinor: '400', final: true }],
      },
      [`${CAPTURED} posted 400`, 'sales:clearing posted -400'],
    ],
    [
      'SETTLED: the processor owes it to us',
      { status: 'SETTLED', amountMinor: '400' },
      [`${SETTLED} posted 400`, 'sales:clearing posted -400'],
    ],
    ['CANCELLED: the hold is gone', { status: 'CANCELLED' }, []],
    [
      'CANCELLED after a capture: captured money stays',
      { status: 'CANCELLED', amountCapturedMinor: '400' },
      [`${CAPTURED} posted 400`, 'sales:clearing posted -400'],
    ],
    ['DECLINED', { status: 'DECLINED' }, []],
    ['FAILED', { status: 'FAILED' }, []],
    ['PENDING', { status: 'PENDING' }, []],
    [
      'captured more than authorised: no negative hold',
      { amountCapturedMinor: '1200' },
      [`${CAPTURED} posted 1200`, 'sales:clearing posted -1200'],
    ],
    [
      'a status nobody knows: as before',
      { status: 'TELEPORTED', amountMinor: '5', amountCapturedMinor: '5' },
      [`${CAPTURED} pending 1000`, 'sales:clearing pending -1000'],
    ],
  ])('is as the table says when %s', (_case, parts, expected) => {
    expect(positionOf(parts)).toEqual(expected);
  });

  it('holds nothing for an amount of 0', () => {
    const facts = toFacts({
      paymentId: 'p1',
      status: 'AUTHORIZED',
      amountMinor: '0',
      currency: 'EUR',
      transactions: [],
    });
    expect(toPosition(facts)).toEqual([]);
  });

  it('uses the account of the unknown processor until one is named', () => {
    const facts = toFacts({
      paymentId: 'p1',
      status: 'AUTHORIZED',
      amountMinor: '7',
      currency: 'XQZ',
      transactions: [],
    });
    expect(toPosition(facts)[0]).toMatchObject({ account: 'processor:unknown:captured', currency: 'XQZ' });
  });
});

describe('flags of a payment', () => {
  it.each<[string, Partial<PaymentSnapshot>]>([
    ['STATUS_UNKNOWN', { status: 'TELEPORTED' }],
    ['CAPTURED_MORE_THAN_AUTHORIZED', { amountCapturedMinor: '1200' }],
    ['CAPTURED_BUT_NOT_AUTHORIZED', { status: 'DECLINED', amountCapturedMinor: '10' }],
    ['UNGATED_PAYMENT', {}],
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
});
