import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import type { PaymentRead, ReadCall } from '@tollgate/primer-client';
import { toSeeker, type Wanted } from '../actions/find-payment.policy.ts';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import type { CallSettings } from '../gateway.config.ts';
import type { PaymentOwnerRepository } from '../payments/payment-owner.repository.ts';
import { PaymentFinder } from './payment-finder.service.ts';
import type { PrimerConnection } from './primer-connection.service.ts';

const OUR_TIME = '2026-01-01T12:00:10.000Z';
const order = { orderId: 'o', amountMinor: '4200', currency: 'EUR' };
const wanted: Wanted = { order, analyticsId: null, createdAfter: new Date(0), mayDiffer: false };
const reported: PaymentSnapshot = { ...order, paymentId: 'p', status: 'AUTHORIZED', transactions: [] };

/** What looking comes to where a payment has been reported and its reading is answered in this way. */
async function find(answer: ReadCall<PaymentRead>): Promise<string> {
  const finder = new PaymentFinder(
    {
      listPaymentsPage: async () => ({
        ...{ kind: 'found', value: { payments: [], nextCursor: null }, answeredAt: new Date(OUR_TIME) },
      }),
      getPayment: async () => answer,
    } as unknown as PrimerConnection,
    {
      findSighted: async () => [reported],
      findOwnedElsewhere: async () => new Set(),
      countRivals: async () => 0,
    } as unknown as PaymentOwnerRepository,
    { now: () => new Date(OUR_TIME) } as DatabaseClock,
    { readTimeoutMs: 1 } as CallSettings,
  );
  const seeker = { merchantId: 'm', attemptId: 'a', commandId: null };
  return (await finder.find(seeker, wanted, { apiKey: 'key', signal: new AbortController().signal })).kind;
}

describe('a reported payment', () => {
  it('that is shown whole is found', async () => {
    expect(await find({ kind: 'found', value: { snapshot: reported, details: {}, raw: {} } as PaymentRead })).toBe(
      'found',
    );
  });

  it.each<[string, ReadCall<PaymentRead>]>([
    ['is not known to Primer', { kind: 'missing', status: 404 }],
    ['Primer refuses to show', { kind: 'refused', status: 400 }],
    ['cannot be understood', { kind: 'unavailable', reason: 'not-understood', status: 200 }],
    ['is too large', { kind: 'unavailable', reason: 'answer-too-large' }],
  ])('that %s is neither none nor an outage that a person would have to wait for', async (_why, answer) => {
    expect(await find(answer)).toBe('unreadable');
  });

  it('that could not be asked for says nothing', async () => {
    expect(await find({ kind: 'unavailable', reason: 'server-error', status: 503 })).toBe('unavailable');
    expect(await find({ kind: 'refused', status: 401 })).toBe('key-refused');
  });
});

const paidAfter: Wanted = {
  order: { orderId: 'order-1', amountMinor: '4200', currency: 'EUR' },
  analyticsId: null,
  createdAfter: new Date('2026-01-01T12:00:00Z'),
  mayDiffer: true,
};
const paid: PaymentSnapshot = {
  ...{ paymentId: 'p', status: 'AUTHORIZED', orderId: 'order-1', amountMinor: '4200', currency: 'EUR' },
  ...{ date: '2026-01-01T11:55:03.000000Z', transactions: [] },
};

/** Looks for it at a Primer that tells this time of its own, and filters its list by the times of its payments. */
async function findAt(primersTime: string | undefined) {
  const answeredAt = primersTime === undefined ? {} : { answeredAt: new Date(primersTime) };
  const primer = {
    listPaymentsPage: ({ fromDate }: { fromDate: Date }) => {
      const payments = fromDate.getTime() <= Date.parse(paid.date!) ? [paid] : [];
      return Promise.resolve({ kind: 'found', value: { payments, nextCursor: null }, ...answeredAt });
    },
    getPayment: () => Promise.resolve({ kind: 'found', value: { snapshot: paid } }),
  } as unknown as PrimerConnection;
  const owners = {
    findSighted: () => Promise.resolve([]),
    findOwnedElsewhere: () => Promise.resolve(new Set()),
    countRivals: () => Promise.resolve(0),
  } as unknown as PaymentOwnerRepository;
  const clock = { now: () => new Date(OUR_TIME) } as DatabaseClock;
  const finder = new PaymentFinder(primer, owners, clock, { readTimeoutMs: 1_000 } as CallSettings);
  const seeker = toSeeker({ merchantId: 'm', attemptId: 'a' });
  return finder.find(seeker, paidAfter, { apiKey: 'key', signal: new AbortController().signal });
}

describe('the search for a payment', () => {
  it('finds what a clock of Primer’s that is five minutes slow has dated before our call', async () => {
    expect(await findAt('2026-01-01T11:55:10Z')).toEqual({ kind: 'found', payment: paid });
  });

  it('leaves out what a right clock has dated before our call', async () => {
    expect(await findAt('2026-01-01T12:00:10Z')).toEqual({ kind: 'none' });
  });

  it('never says none of a payment that only its time rules out while Primer’s time is not known', async () => {
    expect(await findAt(undefined)).toEqual({ kind: 'differing' });
  });
});
