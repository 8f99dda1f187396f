import { describe, expect, it } from '@jest/globals';
import { differingFields } from './attempt-identity.policy.ts';

const IDENTITY = {
  merchantId: 'shop',
  clientSessionId: 'session',
  instrument: 'instrument',
  orderId: 'order',
  amountMinor: '4200',
  currency: 'EUR',
};

describe('differingFields', () => {
  it('finds no difference between two announcements of one attempt', () => {
    expect(differingFields(IDENTITY, { ...IDENTITY })).toEqual([]);
  });

  it('names every field that differs', () => {
    expect(differingFields(IDENTITY, { ...IDENTITY, amountMinor: '4201', clientSessionId: 'another' })).toEqual([
      'clientSessionId',
      'amountMinor',
    ]);
  });
});
