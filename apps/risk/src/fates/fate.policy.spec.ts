import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toSubjectKey } from '../velocity/subject-key.policy.ts';
import { toCredits, toDisputedFate, toReportedFate } from './fate.policy.ts';
import type { AttemptFateRow, SubjectHistory } from './fate.types.ts';

const ROW: AttemptFateRow = {
  ...{ merchant_id: 'shop', attempt_id: 'attempt', outcome: 'APPROVED', counted: [] },
  ...{ card: 'fingerprint', customer: 'ann', claimed_amount: '4200', claimed_currency: 'EUR' },
  ...{ claimed_bin: '411111', claimed_last4: '1111', claimed_network: 'VISA', claimed_country: 'DE' },
  ...{ declined: null, refunded: null, disputed: null },
  ...{ amount_minor: null, currency: null, bin: null, last4: null, network: null, issuer_country: null },
};
const CONFIRMED = { amount_minor: '4200', currency: 'EUR', bin: '411111', last4: '1111', network: 'Visa' };
const mismatchesOf = (row: Partial<AttemptFateRow>) => toCredits([{ ...ROW, ...row }]).credits[0]?.mismatched;

describe('toCredits', () => {
  it('tells the card and the customer of an attempt, and nobody else', () => {
    const { credits } = toCredits([{ ...ROW, ...CONFIRMED, declined: true }]);
    const keys = [
      toSubjectKey({ merchantId: 'shop', kind: 'card', value: 'fingerprint' }),
      toSubjectKey({ merchantId: 'shop', kind: 'customer', value: 'ann' }),
    ];
    expect(credits.map(({ key }) => key)).toEqual(keys.toSorted());
    expect(credits[0]).toMatchObject({
      approved: 1,
      declined: 1,
      aborted: 0,
      refunded: 0,
      disputed: 0,
      mismatched: [],
    });
    expect(toCredits([{ ...ROW, card: null, customer: null }]).credits).toEqual([]);
  });

  it.each<[string, Partial<AttemptFateRow>, string[]]>([
    ['nothing that was not confirmed', {}, []],
    ['nothing that was confirmed as claimed', CONFIRMED, []],
    ['another BIN and other digits', { ...CONFIRMED, bin: '555555', last4: '4444' }, ['bin', 'last4']],
    ['another country', { issuer_country: 'US' }, ['country']],
    ['another amount', { amount_minor: '4201' }, ['amount']],
    ['another currency', { currency: 'USD' }, ['amount']],
    ['another network', { network: 'Mastercard' }, ['network']],
    ['no second brand of one card', { network: 'CARTES_BANCAIRES' }, []],
    ['no other spelling of a network', { claimed_network: 'AMEX', network: 'American Express' }, []],
  ])('contradicts by %s', (_name, row, mismatched) => {
    expect(mismatchesOf(row)).toEqual(mismatched);
  });

  it('ends the same whatever the order, the number and the grouping of the news', () => {
    const anyNews = fc.record({
      attempt: fc.constantFrom('one', 'two'),
      news: fc.record({
        declined: fc.boolean(),
        refunded: fc.boolean(),
        disputed: fc.boolean(),
        bin: fc.constantFrom(null, '555555'),
      }),
    });
    fc.assert(
      fc.property(fc.array(anyNews, { maxLength: 12 }), fc.nat(), (news, seed) => {
        const shuffled = news.toSorted(
          (a, b) => ((JSON.stringify(a).length + seed) % 3) - (JSON.stringify(b).length % 3),
        );
        expect(fold([...shuffled, ...news])).toEqual(fold(news));
      }),
    );
  });
});

/** What the tables end with: news is merged, what was counted is remembered. */
function fold(all: ReadonlyArray<{ attempt: string; news: Partial<AttemptFateRow> }>): unknown {
  const rows = new Map(['one', 'two'].map((attempt_id) => [attempt_id, { ...ROW, attempt_id }]));
  const subjects = new Map<string, SubjectHistory>();
  const tell = (attempt: string) => {
    const { credits, counted } = toCredits([rows.get(attempt)!]);
    rows.set(attempt, { ...rows.get(attempt)!, counted: counted[0]!.counted });
    for (const { key, ...credit } of credits) {
      const before = subjects.get(key);
      const add = (event: Exclude<keyof SubjectHistory, 'mismatched'>) => (before?.[event] ?? 0) + credit[event];
      subjects.set(key, {
        ...{ approved: add('approved'), aborted: add('aborted'), declined: add('declined') },
        ...{ refunded: add('refunded'), disputed: add('disputed') },
        mismatched: [...new Set([...(before?.mismatched ?? []), ...credit.mismatched])].toSorted(),
      });
    }
  };
  for (const attempt of rows.keys()) tell(attempt);
  for (const { attempt, news } of all) {
    const row = rows.get(attempt)!;
    rows.set(attempt, {
      ...row,
      declined: row.declined === true || news.declined === true,
      refunded: row.refunded === true || news.refunded === true,
      disputed: row.disputed === true || news.disputed === true,
      bin: row.bin ?? news.bin ?? null,
    });
    tell(attempt);
  }
  return [...subjects.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

describe('the fate of a payment', () => {
  const reported = (snapshot: object) =>
    toReportedFate({
      ...{ merchantId: 'shop', paymentId: 'payment', evidenceId: 'e', origin: 'webhook', reportedAs: 'PAYMENT.STATUS' },
      receivedAt: '2026-11-21T09:00:00.000Z',
      snapshot: { paymentId: 'payment', status: 'SETTLED', transactions: [], ...snapshot },
    });
  const disputed = (dispute: object) =>
    toDisputedFate({
      ...{ merchantId: 'shop', evidenceId: 'e', reportedAs: 'DISPUTE.STATUS', receivedAt: '2026-11-21T09:00:00.000Z' },
      dispute: { processor: 'p', processorDisputeId: 'd', paymentId: 'payment', ...dispute },
    });

  it('is told from its state', () => {
    expect(reported({})).toMatchObject({ authorised: true, declined: false, refunded: false });
    expect(reported({ status: 'DECLINED' })).toMatchObject({ authorised: false, declined: true });
    expect(reported({ amountRefundedMinor: '1' })).toMatchObject({ refunded: true });
    expect(reported({ transactions: [{ type: 'REFUND', status: 'SETTLED' }] })).toMatchObject({ refunded: true });
    expect(reported({ transactions: [{ type: 'REFUND', status: 'DECLINED' }] })).toMatchObject({ refunded: false });
  });

  it.each([
    ['what was authorised', { status: 'AUTHORIZED', amountMinor: '4200' }, '4200'],
    [
      'nothing while nothing is authorised',
      { status: 'DECLINED', amountMinor: '4200', amountAuthorizedMinor: '0' },
      null,
    ],
    ['nothing by what was captured, which may be a part', { status: 'PARTIALLY_SETTLED', amountMinor: '1000' }, null],
    [
      'what was authorised, beside a part that was captured',
      { amountMinor: '1000', amountAuthorizedMinor: '4200' },
      '4200',
    ],
  ])('confirms as its amount %s', (_what, snapshot, amountMinor) => {
    expect(reported(snapshot)).toMatchObject({ amountMinor });
  });

  it('is disputed once money is asked back, not when papers are', () => {
    expect(disputed({ type: 'RETRIEVAL', status: 'OPEN' })).toBeUndefined();
    expect(disputed({ type: 'DISPUTE', status: 'OPEN' })).toMatchObject({ disputed: true, disputeLost: false });
    expect(disputed({ type: 'PREARBITRATION', status: 'LOST' })).toMatchObject({ disputeLost: true });
    expect(disputed({ type: 'DISPUTE', paymentId: undefined })).toBeUndefined();
  });
});
