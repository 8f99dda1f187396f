import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import { mergeRefunds, toRefunds, toRefundState, type RefundFacts } from './refund.policy.ts';

type Transaction = PaymentSnapshot['transactions'][number];

const refund = (parts: Partial<Transaction> = {}): Transaction => ({
  id: 'r1',
  type: 'REFUND',
  status: 'PENDING',
  amountMinor: '300',
  ...parts,
});

function refundsOf(transactions: Transaction[], parts: Partial<PaymentSnapshot> = {}) {
  return toRefunds({ paymentId: 'p1', status: 'SETTLED', dateUpdated: '2026-01-01T00:00:01', transactions, ...parts });
}

/** `id state amount` of each refund. */
function linesOf(refunds: ReadonlyMap<string, RefundFacts> | undefined): string[] {
  return [...(refunds ?? [])].map(([id, { status, amountMinor }]) =>
    [id, toRefundState(status?.value) ?? 'unknown', amountMinor?.value ?? 'no amount'].join(' '),
  );
}

describe('the refunds of a payment', () => {
  it('are told apart by their ids, not by their amounts', () => {
    const refunds = refundsOf([{ id: 's1', type: 'SALE', amountMinor: '1000' }, refund(), refund({ id: 'r2' })]);
    expect(linesOf(refunds)).toEqual(['r1 under-way 300', 'r2 under-way 300']);
  });

  it('are counted in the order of their making where the provider gives several the same id, or none', () => {
    const [first, second] = [refund({ date: '2026-01-01T00:00:00' }), refund({ date: '2026-01-02T00:00:00' })];
    const anonymous = refund({ id: undefined, date: '2026-01-03T00:00:00', amountMinor: '5' });
    const ids = ['r1 under-way 300', 'r1#2 under-way 300', '#1 under-way 5'];
    expect(linesOf(refundsOf([first, second, anonymous]))).toEqual(ids);
    expect(linesOf(refundsOf([anonymous, second, first]))).toEqual(ids);
  });

  it('made in one instant under one id keep their names, whatever the order of a list and whatever became of them', () => {
    const date = '2026-01-01T00:00:00';
    const [small, large] = [refund({ date, amountMinor: '9' }), refund({ date, amountMinor: '100' })];
    const ids = ['r1 under-way 9', 'r1#2 under-way 100'];
    expect(linesOf(refundsOf([small, large]))).toEqual(ids);
    expect(linesOf(refundsOf([large, small]))).toEqual(ids);
    const ends = [refund({ date, status: 'SETTLED' }), refund({ date, status: 'FAILED' })] as const;
    const [first, twin] = [refund({ date }), refund({ date })];
    for (const list of [ends, ends.toReversed()]) {
      const told = [refundsOf([first, twin]), refundsOf([list[0]!, first]), refundsOf([...list])];
      const merged = told.reduce((all, one) => mergeRefunds(all, one), undefined);
      expect(linesOf(merged).toSorted()).toEqual(['r1 settled 300', 'r1#2 failed 300']);
    }
  });

  it('take the amount that one of them lacks from the sum of all', () => {
    const unstated = refund({ id: 'r2', status: 'SETTLED', amountMinor: undefined });
    expect(linesOf(refundsOf([refund(), unstated], { amountRefundedMinor: '500' }))).toEqual([
      'r2 settled 200',
      'r1 under-way 300',
    ]);
    expect(linesOf(refundsOf([unstated]))).toEqual(['r2 settled no amount']);
  });

  it('end as failed or settled although nothing but their own status has changed', () => {
    for (const status of ['SETTLED', 'FAILED']) {
      const [before, after] = [refundsOf([refund()]), refundsOf([refund({ status })])];
      expect(linesOf(mergeRefunds(before, after))).toEqual([`r1 ${status.toLowerCase()} 300`]);
      expect(linesOf(mergeRefunds(after, before))).toEqual([`r1 ${status.toLowerCase()} 300`]);
    }
  });

  it('stay as they were when their status becomes one that nobody knows', () => {
    const later = refundsOf([refund({ status: 'TELEPORTED' })], { dateUpdated: '2026-01-02T00:00:00' });
    const merged = mergeRefunds(refundsOf([refund()]), later);
    expect(linesOf(merged)).toEqual(['r1 under-way 300']);
    expect(merged?.get('r1')?.reported?.value).toBe('TELEPORTED');
  });
});
