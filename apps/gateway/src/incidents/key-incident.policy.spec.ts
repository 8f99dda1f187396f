import { describe, expect, it } from '@jest/globals';
import { describeRefusedRead, isKeyRestored, type KeyUse, toRefusedRead } from './key-incident.policy.ts';

const refusedAt = 1_000;
const refused = (facts: object) => ({ facts: { ...facts }, last_seen_at: new Date(refusedAt) });
const worked = (...uses: Array<[KeyUse, number]>) => new Map(uses.map(([use, ms]) => [use, new Date(ms)]));
const wrongKey = refused({ step: 'approve', lastAnswer: '401 Unauthorized' });
const noRefunds = refused({ command: 'refund', lastAnswer: '403 Forbidden' });
const noApproves = refused({ step: 'approve', lastAnswer: '403 Forbidden' });

describe('a refused key', () => {
  it('works again once anything has succeeded with it since', () => {
    expect(isKeyRestored(wrongKey, worked(['read', refusedAt + 1]))).toBe(true);
    expect(isKeyRestored(wrongKey, worked(['read', refusedAt - 1], ['refund', refusedAt + 1]))).toBe(true);
  });

  it('does not work for what succeeded before, or for nothing', () => {
    expect(isKeyRestored(wrongKey, worked(['attempt', refusedAt]))).toBe(false);
    expect(isKeyRestored(wrongKey, worked())).toBe(false);
  });

  it('that lacks a scope works again once the same use of it has succeeded, whatever else it may do', () => {
    expect(isKeyRestored(noRefunds, worked(['attempt', 2_000], ['read', 2_000], ['capture', 2_000]))).toBe(false);
    expect(isKeyRestored(noRefunds, worked(['refund', 2_000]))).toBe(true);
    expect(isKeyRestored(noApproves, worked(['read', 2_000]))).toBe(false);
    expect(isKeyRestored(noApproves, worked(['attempt', 2_000]))).toBe(true);
    const noReads = refused({ command: 'refund', lastAnswer: describeRefusedRead(toRefusedRead(403)!) });
    expect(isKeyRestored(noReads, worked(['refund', 2_000], ['attempt', 2_000]))).toBe(false);
    expect(isKeyRestored(noReads, worked(['read', 2_000]))).toBe(true);
  });
});
