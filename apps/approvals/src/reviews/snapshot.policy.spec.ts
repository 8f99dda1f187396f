import { describe, expect, it } from '@jest/globals';
import { decidedAttempt } from '@tollgate/testing';
import { toAttemptSnapshot, toSnapshotHash } from './snapshot.policy.ts';

const evaluation = {
  ruleSet: 'default',
  version: 'v',
  digest: 'd',
  hits: [{ rule: 'marked-for-review', decision: 'REVIEW', reason: 'review-required' }],
  features: { 'order.amountMinor': '4200', 'card.bin': '411111' },
};

describe('what a reviewer is shown', () => {
  it('has one hash, in whatever order its parts are written', () => {
    // SHA-256 of {"a":[1,"é"],"b":null}, as RFC 8785 writes it.
    const hash = '1e02bc81a26af2f027329541e97eef36f3290bedc6dfe043dbe66b057ecb13ba';
    expect(toSnapshotHash({ b: null, a: [1, 'é'] })).toBe(hash);
    expect(toSnapshotHash({ a: [1, 'é'], b: null })).toBe(hash);
  });

  it('changes its hash with the order, the card, the rules and the features, not with times', () => {
    const decision = decidedAttempt(undefined, {
      decision: 'REVIEW',
      evaluation,
      card: { bin: '411111', last4: '1111' },
    });
    const hash = toSnapshotHash(toAttemptSnapshot(decision));
    const hashWith = (changed: object) => toSnapshotHash(toAttemptSnapshot({ ...decision, ...changed }));
    expect(hashWith({ decidedAt: '2030-01-01T00:00:00.000Z', clocks: { ...decision.clocks } })).toBe(hash);
    const others = [
      { order: { ...decision.order, amountMinor: '4201' } },
      { card: { bin: '411111', last4: '1112' } },
      { evaluation: { ...evaluation, hits: [] } },
      { evaluation: { ...evaluation, features: { ...evaluation.features, 'card.bin': '411112' } } },
    ].map(hashWith);
    expect(new Set([hash, ...others]).size).toBe(5);
  });
});
