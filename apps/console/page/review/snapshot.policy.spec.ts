import { describe, expect, it } from '@jest/globals';
import { featuresOf, findChanges, hitsOf, toShownSnapshot } from './snapshot.policy.ts';

const snapshot = {
  order: { orderId: 'order-1', amountMinor: '4200' },
  rules: { ruleSet: 'default', hits: [{ rule: 'large', decision: 'REVIEW', reason: 'review-required' }] },
  features: { 'card.bin': '411111', 'velocity.customer': 3, 'card.country': null },
};

describe('what a reviewer is shown', () => {
  it('is every value by its full name, in one order', () => {
    expect(toShownSnapshot(snapshot.order)).toEqual([
      { name: 'amountMinor', text: '4200' },
      { name: 'orderId', text: 'order-1' },
    ]);
    expect(toShownSnapshot({ a: { b: { c: [1, 2] } }, n: null })).toEqual([
      { name: 'a.b.c', text: '[1,2]' },
      { name: 'n', text: '–' },
    ]);
    expect(toShownSnapshot(null)).toEqual([]);
  });

  it('holds the rules that hit and the features that they saw', () => {
    expect(hitsOf(snapshot)).toEqual(snapshot.rules.hits);
    expect(featuresOf(snapshot)).toEqual(snapshot.features);
    expect(hitsOf(null)).toEqual([]);
  });

  it('says what has changed, what is new and what is gone', () => {
    const before = toShownSnapshot({ amount: '4200', gone: 'x', same: 1 });
    const after = toShownSnapshot({ amount: '9900', fresh: 'y', same: 1 });
    expect(findChanges(before, after)).toEqual([
      { name: 'amount', before: '4200', after: '9900' },
      { name: 'fresh', before: '–', after: 'y' },
      { name: 'gone', before: 'x', after: '–' },
    ]);
  });
});
