import { describe, expect, it } from '@jest/globals';
import { toVotesRequired } from './quorum.policy.ts';

const settings = {
  approvalQuorum: [
    { currency: 'EUR', fromMinor: '100000', votes: 2 },
    { currency: 'EUR', fromMinor: '1000000', votes: 3 },
  ],
};

describe('the number of people who have to approve', () => {
  it.each([
    ['99999', 'EUR', 1],
    ['100000', 'EUR', 2],
    ['1000000', 'EUR', 3],
    ['1000000', 'USD', 1],
  ])('of %s minor units of %s is %i', (amountMinor, currency, votes) => {
    expect(toVotesRequired(settings, { amountMinor, currency })).toBe(votes);
  });

  it('of an amount in no known currency is that of the strictest tier', () => {
    expect(toVotesRequired(settings, { amountMinor: '1', currency: null })).toBe(3);
  });
});
