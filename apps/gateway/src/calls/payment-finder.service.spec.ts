import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import type { PaymentRead, ReadCall } from '@tollgate/primer-client';
import type { Wanted } from '../actions/find-payment.policy.ts';
import type { CallSettings } from '../gateway.config.ts';
import type { PaymentOwnerRepository } from '../payments/payment-owner.repository.ts';
import { PaymentFinder } from './payment-finder.service.ts';
import type { PrimerConnection } from './primer-connection.service.ts';

const order = { orderId: 'o', amountMinor: '4200', currency: 'EUR' };
const wanted: Wanted = { order, analyticsId: null, createdAfter: new Date(0), mayDiffer: false };
const reported: PaymentSnapshot = { ...order, paymentId: 'p', status: 'AUTHORIZED', transactions: [] };

/** What looking comes to where a payment has been reported and its reading is answered in this way. */
async function find(answer: ReadCall<PaymentRead>): Promise<string> {
  const finder = new PaymentFinder(
    {
      listPaymentsPage: async () => ({ kind: 'found', value: { payments: [], nextCursor: null } }),
      getPayment: async () => answer,
    } as unknown as PrimerConnection,
    {
      findSighted: async () => [reported],
      findOwnedElsewhere: async () => new Set(),
      countRivals: async () => 0,
    } as unknown as PaymentOwnerRepository,
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
