import { describe, expect, it } from '@jest/globals';
import type { PaymentDispute, PaymentSnapshot } from '@tollgate/contracts';
import { mergeFacts, NO_FACTS, toDisputeFacts, toFacts, type PaymentFacts } from './facts.policy.ts';
import { toPosition } from './position.policy.ts';

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
  return linesOf(factsOf(parts));
}

function linesOf(facts: PaymentFacts): string[] {
  return toPosition(facts).map((posting) => `${posting.account} ${posting.layer} ${posting.amountMinor}`);
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

const SOLD = [`${SETTLED} posted 1000`, 'sales:clearing posted -1000'];
const settledSale = { status: 'SETTLED', amountMinor: '1000', amountCapturedMinor: '1000' };
/** What is left of a settled sale of 1000 when `settledMinor` are still owed and the rest went elsewhere. */
const soldBut = (settledMinor: string, ...others: string[]) => [
  ...others.filter((line) => line < SETTLED),
  `${SETTLED} posted ${settledMinor}`,
  'sales:clearing posted -1000',
  ...others.filter((line) => line > SETTLED),
];

describe('the position of a refund', () => {
  const refund = (status: string, amountMinor = '300', id = 'r1') => ({ id, type: 'REFUND', status, amountMinor });

  it.each(['PENDING', 'AUTHORIZED', 'SETTLING', 'PARTIALLY_SETTLED'])('is promised while it is %s', (status) => {
    expect(positionOf({ ...settledSale, transactions: [refund(status)] })).toEqual([
      `${SETTLED} pending -300`,
      'sales:refunds pending 300',
      ...SOLD,
    ]);
  });

  it.each(['300', '1000'])('of %s is given back for good once it is SETTLED', (amountMinor) => {
    const left = (1000 - Number(amountMinor)).toString();
    const expected = soldBut(left, `sales:refunds posted ${amountMinor}`).filter((line) => !line.endsWith(' posted 0'));
    expect(positionOf({ ...settledSale, transactions: [refund('SETTLED', amountMinor)] })).toEqual(expected);
  });

  it.each(['FAILED', 'DECLINED', 'CANCELLED', 'TELEPORTED'])('is nothing when it is %s', (status) => {
    expect(positionOf({ ...settledSale, transactions: [refund(status)] })).toEqual(SOLD);
  });

  it('is the sum of all refunds', () => {
    const transactions = [refund('SETTLED'), refund('SETTLED', '200', 'r2'), refund('PENDING', '100', 'r3')];
    expect(positionOf({ ...settledSale, transactions })).toEqual([
      `${SETTLED} pending -100`,
      'sales:refunds pending 100',
      ...soldBut('500', 'sales:refunds posted 500'),
    ]);
  });
});

describe('the position of a dispute', () => {
  const dispute = (parts: Partial<PaymentDispute> = {}) =>
    toDisputeFacts({
      processor: 'ADYEN',
      processorDisputeId: 'd1',
      paymentId: 'p1',
      type: 'DISPUTE',
      status: 'OPEN',
      amountMinor: '400',
      receivedAt: '2026-02-01T00:00:00',
      ...parts,
    });
  const disputed = (...parts: Partial<PaymentDispute>[]) =>
    linesOf(parts.map(dispute).reduce(mergeFacts, factsOf(settledSale)));
  const later = { receivedAt: '2026-02-02T00:00:00' };

  it.each(['OPEN', 'CHALLENGED'])('is withheld while it is %s', (status) => {
    expect(disputed({ status })).toEqual(soldBut('600', 'processor:ADYEN:disputed posted 400'));
  });

  it.each(['ACCEPTED', 'EXPIRED', 'LOST'])('is lost when it is %s', (status) => {
    expect(disputed({}, { status, ...later })).toEqual(soldBut('600', 'losses:chargebacks posted 400'));
  });

  it.each(['WON', 'CANCELLED'])('is nothing when it is %s', (status) => {
    expect(disputed({}, { status, ...later })).toEqual(SOLD);
  });

  it.each<[string, Partial<PaymentDispute>]>([
    ['no amount is known', { amountMinor: undefined }],
    ['only information is asked for', { type: 'RETRIEVAL' }],
    ['its stage is one that nobody knows', { type: 'DUEL' }],
    ['its status is one that nobody knows', { status: 'TELEPORTED' }],
  ])('is nothing while %s', (_case, parts) => {
    expect(disputed(parts)).toEqual(SOLD);
  });

  it('stays as it was when its status becomes one that nobody knows', () => {
    const withheld = disputed({});
    expect(disputed({}, { status: 'TELEPORTED', ...later })).toEqual(withheld);
  });

  it('keeps an amount that later reports leave out', () => {
    expect(disputed({}, { status: 'LOST', amountMinor: undefined, ...later })).toContain(
      'losses:chargebacks posted 400',
    );
  });

  it('is withheld anew when a won dispute goes on to the next stage', () => {
    const next = { type: 'PREARBITRATION', receivedAt: '2026-02-03T00:00:00' };
    expect(disputed({}, { status: 'WON', ...later }, next)).toContain('processor:ADYEN:disputed posted 400');
  });

  it('waits until the provider has spoken of the payment', () => {
    expect(toPosition(dispute({ currency: 'EUR' }))).toEqual([]);
  });
});
