import { describe, expect, it } from '@jest/globals';
import type { AttemptAnswer, PaymentAnswer, TrialBalanceAnswer } from '@tollgate/contracts';

import { CHECKOUT_KINDS } from './checkout-kind.types.ts';
import type { CheckoutRecord } from './checkout-record.ts';
import { checkInvariants } from './invariants.policy.ts';

const AT = '2026-11-21T08:00:00.000Z';
const money = (amountMinor: string) => ({ amountMinor, currency: 'EUR' });

function attempt(change: Partial<AttemptAnswer> = {}): AttemptAnswer {
  return {
    paymentAttemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' as AttemptAnswer['paymentAttemptId'],
    merchantId: 'merchant-1',
    status: 'APPROVED',
    receivedAt: AT,
    decideBy: AT,
    approveBy: AT,
    expiresAt: AT,
    order: { orderId: 'order-1', amount: money('4200') },
    sightings: 0,
    outcome: { status: 'APPROVED', paymentId: 'pay1', charged: 'yes', retryable: false, shopperCode: 'APPROVED' },
    timeline: [
      { at: AT, event: 'RECEIVED' },
      { at: AT, event: 'DECIDED', decision: 'APPROVE', source: 'rules' },
      { at: AT, event: 'CONCLUDED', outcome: 'APPROVED' },
    ],
    links: { self: '', events: '', browserEvents: '', abort: '' },
    ...change,
  };
}

const postings = [
  { account: 'processor:P:captured', layer: 'pending' as const, amount: money('4200') },
  { account: 'sales:clearing', layer: 'pending' as const, amount: money('-4200') },
];

function book(change: Partial<PaymentAnswer> = {}): CheckoutRecord['books'][number] {
  const payment = { paymentId: 'pay1', status: 'AUTHORIZED', position: postings, ...change } as PaymentAnswer;
  const entry = {
    entryId: 'entry-1',
    merchantId: 'merchant-1',
    paymentId: 'pay1',
    evidenceId: 'evidence-1',
    positionVersion: 1,
    effectiveAt: AT,
    recordedAt: AT,
    postings,
  };
  return { payment, journal: [entry] };
}

const providerPayment = {
  id: 'pay1',
  status: 'AUTHORIZED',
  orderId: 'order-1',
  amount: 4200,
  currencyCode: 'EUR',
  processor: { amountCaptured: 0, amountRefunded: 0 },
};

/** One approved and authorised checkout about which everybody agrees. */
function record(change: Partial<CheckoutRecord> = {}): CheckoutRecord {
  return {
    planned: { kind: CHECKOUT_KINDS[0]!, orderId: 'order-1', customerId: 'c', amountMinor: 4200, currency: 'EUR' },
    attemptId: 'attempt-1',
    accepted: 1,
    outcomeAfterMs: 40,
    followedUp: [],
    attempt: attempt(),
    action: { paymentId: 'pay1' },
    provider: {
      attempt: { approvalStatus: 'APPROVED', paymentId: 'pay1', calls: { approve: 1, abort: 0 } },
      payments: [providerPayment],
      journal: [{ kind: 'EFFECT', name: 'PAYMENT_CREATED', facts: {} }],
      webhooks: [{ state: 'DELIVERED', paymentId: 'pay1', deliveries: [{ statusCode: 200 }] }],
    },
    books: [book()],
    ...change,
  };
}

/** Captured, and half of it given back, as the kind wants it; the books are as given. */
function followedUp(position: PaymentAnswer['position'], status: 'DONE' | 'REFUSED' = 'DONE'): Partial<CheckoutRecord> {
  const kind = CHECKOUT_KINDS.find(({ title }) => title === 'captured, half of it refunded')!;
  const payment = { ...providerPayment, status: 'SETTLING', processor: { amountCaptured: 4200, amountRefunded: 2100 } };
  const known = book({ status: 'SETTLING', position });
  return {
    planned: { ...record().planned, kind },
    followedUp: kind.followUps!.map((followUp) => ({ followUp, status, reason: undefined, wasHeld: false })),
    books: [{ ...known, journal: [{ ...known.journal[0]!, postings: position }] }],
    ...provider({ payments: [payment] }),
  };
}

const posted = (account: string, amountMinor: string) => ({
  account,
  layer: 'posted' as const,
  amount: money(amountMinor),
});
const refundedByHalf = [
  posted('processor:P:captured', '4200'),
  posted('sales:clearing', '-4200'),
  posted('sales:refunds', '2100'),
  posted('processor:P:settled', '-2100'),
];

const trialBalance: TrialBalanceAnswer = { balanced: true, cacheAgrees: true, sums: [], differences: [] };

function broken(change: Partial<CheckoutRecord>, balance: Partial<TrialBalanceAnswer> = {}): string[] {
  const checked = checkInvariants({ records: [record(change)], trialBalance: { ...trialBalance, ...balance } });
  return checked.filter(({ violations }) => violations.length > 0).map(({ name }) => name);
}

function provider(change: Partial<CheckoutRecord['provider']>): Partial<CheckoutRecord> {
  return { provider: { ...record().provider, ...change } };
}

describe('the invariants of a sample', () => {
  it('hold where everybody agrees', () => {
    expect(broken({})).toEqual([]);
  });

  it('find an attempt that was accepted and is gone', () => {
    expect(broken({ attempt: undefined })).toContain('I1');
  });

  it('find an attempt without an outcome', () => {
    expect(broken({ attempt: attempt({ status: 'DECIDED', outcome: undefined }), outcomeAfterMs: undefined })).toEqual([
      'I1',
    ]);
  });

  it('find a second conclusion', () => {
    const twice = [...attempt().timeline, { at: AT, event: 'CONCLUDED' as const }];
    expect(broken({ attempt: attempt({ timeline: twice }) })).toEqual(['I1']);
  });

  it('find an effect that was made twice', () => {
    const { journal } = record().provider;
    expect(broken(provider({ journal: [...journal, ...journal] }))).toEqual(['I3']);
  });

  it('find a second payment of an order', () => {
    expect(broken(provider({ payments: [providerPayment, { ...providerPayment, id: 'pay2' }] }))).toContain('I4');
  });

  it('find a payment that nobody approved', () => {
    const aborted = attempt().timeline.map((entry) => ({ ...entry, decision: 'ABORT' as const }));
    expect(broken({ attempt: attempt({ timeline: aborted }) })).toEqual(['I4']);
  });

  it('find a webhook that was taken and lost', () => {
    expect(broken({ books: [] })).toEqual(['I5', 'I7']);
  });

  it('find a status that the books have not heard of', () => {
    expect(broken({ books: [book({ status: 'PENDING' })] })).toEqual(['I5']);
  });

  it('find an entry that does not balance', () => {
    const lopsided = book();
    lopsided.journal[0]!.postings = [postings[0]!, { ...postings[1]!, amount: money('-4100') }];
    expect(broken({ books: [lopsided] })).toEqual(['I6', 'I7']);
  });

  it('find books that do not balance', () => {
    expect(broken({}, { balanced: false })).toEqual(['I6']);
  });

  it('find a balance that is not what the provider says', () => {
    expect(broken(provider({ payments: [{ ...providerPayment, status: 'DECLINED' }] }))).toContain('I7');
  });

  it('hold where a payment was captured, half of it was refunded, and the books say so', () => {
    expect(broken(followedUp(refundedByHalf))).toEqual([]);
  });

  it('find a refund that the books do not know', () => {
    expect(broken(followedUp(refundedByHalf.slice(0, 2)))).toEqual(['I7']);
  });

  it('find a hold that a capture has not released', () => {
    expect(broken(followedUp([...refundedByHalf, ...postings]))).toEqual(['I7']);
  });

  it('find a command that was not carried out, or not as it was asked for', () => {
    expect(broken(followedUp(refundedByHalf, 'REFUSED'))).toEqual(['commands']);
    const captured = { ...providerPayment, processor: { amountCaptured: 4200, amountRefunded: 0 } };
    expect(broken(provider({ payments: [captured] }))).toContain('commands');
  });

  it('want nothing done that a second person has rejected', () => {
    const kind = CHECKOUT_KINDS.find(({ title }) => title === 'large refund, rejected by a second person')!;
    const [capture, refund] = kind.followUps!;
    const rejected = {
      ...followedUp(refundedByHalf),
      planned: { ...record().planned, kind },
      followedUp: [
        { followUp: capture!, status: 'DONE' as const, reason: undefined, wasHeld: false },
        { followUp: refund!, status: 'REFUSED' as const, reason: 'approval-rejected', wasHeld: true },
      ],
    };
    expect(broken(rejected)).toEqual(['commands']);
    const { books, provider: captured } = {
      ...followedUp(refundedByHalf.slice(0, 2)),
      ...provider({
        payments: [{ ...providerPayment, status: 'SETTLING', processor: { amountCaptured: 4200, amountRefunded: 0 } }],
      }),
    };
    expect(broken({ ...rejected, books: books!, provider: captured! })).toEqual([]);
  });

  it('forgive an ending that the deadline made, and no other', () => {
    const aborted = attempt({
      status: 'ABORTED',
      outcome: { status: 'ABORTED', charged: 'no', retryable: true, shopperCode: 'TIMED_OUT' },
    });
    const nothingPaid = {
      books: [],
      action: {},
      ...provider({
        attempt: { approvalStatus: 'ABORTED', calls: { approve: 0, abort: 1 } },
        payments: [],
        journal: [],
        webhooks: [],
      }),
    };
    const decidedBy = (source: string) => [
      { at: AT, event: 'RECEIVED' as const },
      { at: AT, event: 'DECIDED' as const, decision: 'ABORT' as const, source },
      { at: AT, event: 'CONCLUDED' as const },
    ];
    expect(broken({ ...nothingPaid, attempt: { ...aborted, timeline: decidedBy('deadline') } })).toEqual([]);
    expect(broken({ ...nothingPaid, attempt: { ...aborted, timeline: decidedBy('rules') } })).toEqual(['kinds']);
  });
});
