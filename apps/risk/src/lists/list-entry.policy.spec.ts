import { describe, expect, it } from '@jest/globals';
import { tokenisedAttempt } from '@tollgate/testing';
import { toCandidates, toMatches } from './list-entry.policy.ts';

describe('toCandidates', () => {
  it('offers what is known of an attempt to the lists, and nothing else', () => {
    const attempt = tokenisedAttempt({
      merchantId: 'shop',
      order: { orderId: 'o', amountMinor: '1', currency: 'EUR', customerId: 'ann', billingCountry: 'DE' },
      paymentMethod: { bin: '411111', issuerCountry: 'FR' },
    });
    const values = {
      ...{ customer: 'ann', card: 'fingerprint', bin: '411111', device: null },
      ...{ email: 'hash-of-an-address', ip: 'hash-of-a-network' },
    };
    const candidates = toCandidates({ attempt, values });
    expect(candidates.every(({ merchantId }) => merchantId === 'shop')).toBe(true);
    expect(candidates.map(({ kind, value }) => [kind, value])).toEqual([
      ['customer', 'ann'],
      ['card', 'fingerprint'],
      ['bin', '411111'],
      ['email', 'hash-of-an-address'],
      ['ip', 'hash-of-a-network'],
      ['country', 'FR'],
      ['country', 'DE'],
    ]);
    expect(
      toCandidates({ attempt: { ...attempt, paymentMethod: {} }, values: { ...values, card: null, bin: null } }),
    ).toHaveLength(4);
  });
});

describe('toMatches', () => {
  it('names each kind once and sorted, whatever order the entries were found in', () => {
    const found = [
      { list: 'block', kind: 'customer' },
      { list: 'allow', kind: 'card' },
      { list: 'block', kind: 'bin' },
      { list: 'block', kind: 'customer' },
    ] as const;
    const matches = { allowedBy: ['card'], blockedBy: ['bin', 'customer'], watchedBy: [] };
    expect(toMatches(found)).toEqual(matches);
    expect(toMatches(found.toReversed())).toEqual(matches);
  });
});
