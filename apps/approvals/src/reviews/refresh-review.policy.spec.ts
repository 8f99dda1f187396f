import { describe, expect, it } from '@jest/globals';
import { attemptReview, NOW } from '../../test/approval-samples.ts';
import type { Approval } from '../approvals/approval.types.ts';
import { refreshReview } from './refresh-review.policy.ts';

const vote = { voter: 'person:1', reviewer: 'rita@example.com', decision: 'approved', note: null, at: NOW } as const;
const shown = attemptReview({ votesRequired: 2, votes: [vote] });
const later = new Date(shown.snapshotAt.getTime() + 1);
const newer: Partial<Approval> = { dataSnapshot: { order: {} }, dataSnapshotHash: 'newer', snapshotAt: later };

describe('a later review of the same attempt', () => {
  it('shows what was found out since, and voids the votes on what was shown before', () => {
    const found = { ...shown, ...newer, reason: 'another-reason', involved: ['otto'] };
    expect(refreshReview(shown, found, NOW)).toMatchObject({
      change: 'refreshed',
      approval: { ...newer, reason: 'another-reason', involved: ['otto'], votes: [], sequence: 2 },
    });
  });

  it('changes neither how many have to approve nor until when, whatever is set for the merchant by now', () => {
    for (const votesRequired of [1, 3]) {
      const found = { ...shown, ...newer, votesRequired, expiresAt: new Date(0) };
      const { approval } = refreshReview(shown, found, NOW)!;
      expect([approval.votesRequired, approval.expiresAt]).toEqual([2, shown.expiresAt]);
    }
  });

  it.each<[string, Partial<Approval>, Partial<Approval>]>([
    ['says the same again', {}, { snapshotAt: later }],
    ['was found out earlier', {}, { ...newer, snapshotAt: new Date(0) }],
    ['comes when somebody has decided', { decision: 'approved' }, newer],
  ])('is no news where it %s', (_what, before, changes) => {
    const known = { ...shown, ...before };
    expect(refreshReview(known, { ...known, ...changes }, NOW)).toBeUndefined();
  });
});
