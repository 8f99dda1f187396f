import { describe, expect, it } from '@jest/globals';
import { findConflicts, toFieldErrors } from './attempt-identity.policy.ts';

const identity = {
  merchantId: 'shop',
  clientSessionId: 'session',
  instrument: 'instrument',
  orderId: 'order',
  amountMinor: '4200',
  currency: 'EUR',
};

describe('an attempt id that is known', () => {
  it('is the same attempt when every part of the identity is the same', () => {
    expect(findConflicts(identity, identity)).toEqual([]);
  });

  it.each(['clientSessionId', 'instrument', 'orderId', 'amountMinor', 'currency'] as const)(
    'is another attempt when %s differs',
    (field) => {
      expect(findConflicts(identity, { ...identity, [field]: 'other' })).toEqual([field]);
    },
  );

  it('has no instrument to differ from while only later events have told of it', () => {
    const { instrument: _, ...unannounced } = identity;
    expect(findConflicts(unannounced, identity)).toEqual([]);
  });
});

it('names the fields as the request calls them, without the stored values', () => {
  const errors = toFieldErrors(['amountMinor', 'instrument']);
  expect(errors.map(({ path }) => path)).toEqual(['order.amount', 'paymentMethodToken']);
  expect(JSON.stringify(errors)).not.toContain('4200');
});
