import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import {
  asDatedByProvider,
  isCandidate,
  isWanted,
  toContradictions,
  toFinding,
  toListedFrom,
  toUndatedFinding,
  type Wanted,
} from './find-payment.policy.ts';

const wanted: Wanted = {
  order: { orderId: 'order-1', amountMinor: '4200', currency: 'EUR' },
  analyticsId: 'instrument-1',
  createdAfter: new Date('2026-01-01T12:00:00Z'),
  mayDiffer: false,
};
const fitting: PaymentSnapshot = {
  paymentId: 'p',
  status: 'AUTHORIZED',
  orderId: 'order-1',
  amountMinor: '4200',
  currency: 'EUR',
  analyticsId: 'instrument-1',
  date: '2026-01-01T12:00:01.000000Z',
  transactions: [],
};

describe('a payment that is looked for', () => {
  it('fits in order, amount, currency, time and instrument', () => {
    expect(isWanted(fitting, wanted)).toBe(true);
  });

  it.each<[string, Partial<PaymentSnapshot>]>([
    ['another order', { orderId: 'order-2' }],
    ['another amount', { amountMinor: '4201' }],
    ['another currency', { currency: 'USD' }],
    ['another instrument', { analyticsId: 'instrument-2' }],
    ['a time before our first call', { date: '2026-01-01T11:59:54.999999Z' }],
  ])('does not fit with %s', (_title, difference) => {
    expect(isWanted({ ...fitting, ...difference }, wanted)).toBe(false);
  });

  it('fits without an instrument in the list, which does not show it', () => {
    const { analyticsId: _unseen, ...summary } = fitting;
    expect(isCandidate(summary, wanted)).toBe(true);
  });

  it('fits with less than was decided once it is captured in part', () => {
    const captured = { ...fitting, amountMinor: '1000' };
    expect(isWanted({ ...captured, status: 'SETTLING' }, wanted)).toBe(true);
    expect(isWanted({ ...captured, status: 'AUTHORIZED' }, wanted)).toBe(false);
  });

  it('bears clocks that differ by five seconds', () => {
    expect(isCandidate({ ...fitting, date: '2026-01-01T11:59:55.000000Z' }, wanted)).toBe(true);
  });
});

describe('a payment that Primer’s clock dates before our call', () => {
  const early = { ...fitting, date: '2026-01-01T11:58:00.000000Z' };

  it('is found once that clock is known to lag as much, is listed in any case, and is left out while it does not', () => {
    expect(toFinding({ read: [early] }, asDatedByProvider(wanted, 120_000), 0)).toEqual({
      kind: 'found',
      payment: early,
    });
    expect(toFinding({ read: [early] }, asDatedByProvider(wanted, 100_000), 0)).toEqual({ kind: 'none' });
    expect(toFinding({ read: [early] }, asDatedByProvider(wanted, -120_000), 0)).toEqual({ kind: 'none' });
    expect(toListedFrom(wanted).getTime()).toBeLessThan(Date.parse(early.date));
  });

  it('leaves a doubt where that clock is not known, and nothing is ruled out by its time alone', () => {
    expect(toUndatedFinding({ read: [early] }, wanted, 0)).toEqual({ kind: 'differing' });
    expect(toUndatedFinding({ read: [early, fitting] }, wanted, 0)).toEqual({ kind: 'found', payment: fitting });
    expect(toUndatedFinding({ read: [{ ...early, orderId: 'order-2' }] }, wanted, 0)).toEqual({ kind: 'none' });
    expect(toUndatedFinding({ read: [{ ...early, date: '2025-12-30T12:00:00.000000Z' }] }, wanted, 0)).toEqual({
      kind: 'none',
    });
  });
});

describe('the verdict', () => {
  const dearer = { ...fitting, paymentId: 'q', amountMinor: '4201' };
  const approved = { ...wanted, mayDiffer: true };

  it('is found for exactly one that nobody else can claim', () => {
    expect(toFinding({ read: [fitting] }, wanted, 0)).toEqual({ kind: 'found', payment: fitting });
  });

  it('is none for none', () => {
    expect(toFinding({ read: [] }, approved, 0)).toEqual({ kind: 'none' });
  });

  it('is ambiguous for two, or with a rival for the one', () => {
    expect(toFinding({ read: [fitting, { ...fitting, paymentId: 'q' }] }, wanted, 0)).toEqual({ kind: 'ambiguous' });
    expect(toFinding({ read: [fitting] }, wanted, 1)).toEqual({ kind: 'ambiguous' });
  });

  it('is not none while an approve may have made a payment of the order with another amount or currency', () => {
    expect(isCandidate(dearer, approved)).toBe(true);
    expect(toFinding({ read: [dearer] }, approved, 0)).toEqual({ kind: 'differing' });
    expect(toFinding({ read: [{ ...fitting, currency: 'USD' }] }, approved, 0)).toEqual({ kind: 'differing' });
  });

  it('is none for a payment that differs where no call of ours can have made it', () => {
    expect(isCandidate(dearer, wanted)).toBe(false);
    expect(toFinding({ read: [dearer] }, wanted, 0)).toEqual({ kind: 'none' });
  });

  it('is none for a payment that differs and was made before our call, or with another instrument', () => {
    const earlier = { ...dearer, date: '2026-01-01T11:59:54.999999Z' };
    const anothers = { ...dearer, analyticsId: 'instrument-2' };
    expect(toFinding({ read: [earlier, anothers] }, approved, 0)).toEqual({ kind: 'none' });
  });

  it('is never none, nor one that was read, while one that may be meant is listed and cannot be read', () => {
    const { analyticsId: _unseen, ...listed } = { ...fitting, paymentId: 'q' };
    const unreadable = { kind: 'unreadable', payments: [listed] };
    expect(toFinding({ read: [], unread: [listed] }, wanted, 0)).toEqual(unreadable);
    expect(toFinding({ read: [dearer], unread: [listed] }, approved, 0)).toEqual(unreadable);
    expect(toFinding({ read: [fitting], unread: [listed] }, wanted, 0)).toEqual({ kind: 'ambiguous' });
    expect(toFinding({ read: [], unread: [{ ...fitting, analyticsId: 'instrument-2' }] }, approved, 0).kind).toBe(
      'none',
    );
    expect(toFinding({ read: [fitting], unread: [dearer] }, approved, 0)).toEqual({ kind: 'found', payment: fitting });
  });

  it('is the one that fits, beside one that differs', () => {
    expect(toFinding({ read: [dearer, fitting] }, approved, 0)).toEqual({ kind: 'found', payment: fitting });
  });
});

describe('the comparison with what was decided', () => {
  it('names every field that differs', () => {
    const other = { ...fitting, orderId: 'x', amountMinor: '1', currency: 'USD' };
    expect(toContradictions(other, wanted.order)).toEqual(['orderId', 'amountMinor', 'currency']);
  });

  it('finds no fault with what is not shown', () => {
    expect(toContradictions({ paymentId: 'p', status: 'PENDING', transactions: [] }, wanted.order)).toEqual([]);
  });
});
