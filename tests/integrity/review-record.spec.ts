import { describe, expect, it } from '@jest/globals';

import { findProblems, type LoggedStep } from './review-record.ts';
import type { Race } from './review-traffic.ts';

const EXPIRES = '2026-01-01T00:01:15.000Z';
const PAID = ['PAYMENT_CREATED'];

function stepOf(change: string, actor: string, more: Partial<LoggedStep> = {}): LoggedStep {
  const isSaid = change === 'decided' || change === 'voted';
  return {
    ...{ approval_id: 'r', change, actor, at: new Date('2026-01-01T00:00:01.000Z') },
    ...{ decision: change === 'decided' ? 'approved' : 'pending', effect: 'none' },
    facts: { requester: 'service:risk', expiresAt: EXPIRES, vote: isSaid ? { reviewer: actor } : null },
    ...more,
  };
}

const effect = stepOf('effect', 'service:gateway', { decision: 'approved', effect: 'applied' });
const race: Race = {
  ...{ rival: 'the buyer', attemptId: 'a', approvalId: 'r', barred: 'otto@shop.test', accepted: [] },
  answers: [{ decision: 'approved', actor: 'rita@shop.test', result: '200' }],
};
const answeredTo = (actor: string): Race => ({ ...race, answers: [{ decision: 'approved', actor, result: '200' }] });

describe('the record of a race', () => {
  it('says nothing against a review that somebody else has approved', () => {
    expect(findProblems(race, [stepOf('decided', 'rita@shop.test'), effect], PAID)).toEqual([]);
  });

  it.each<[string, Race, LoggedStep[], RegExp]>([
    ['its own buyer', answeredTo('otto@shop.test'), [stepOf('decided', 'otto@shop.test')], /whose own it is/],
    ['its own maker', answeredTo('service:risk'), [stepOf('decided', 'service:risk')], /whose own it is/],
    [
      'a quorum with its own buyer in it',
      race,
      [stepOf('voted', 'otto@shop.test'), stepOf('decided', 'rita@shop.test')],
      /was voted by otto@shop.test, whose own it is/,
    ],
    [
      'two people',
      race,
      [stepOf('decided', 'rita@shop.test'), stepOf('decided', 'ann@shop.test')],
      /ended 2 times: decided, decided/,
    ],
    ['somebody who came too late', race, [stepOf('decided', 'rita@shop.test', { at: new Date(EXPIRES) })], /after/],
  ])('tells of a review that was approved by %s', (_who, raced, decided, problem) => {
    expect(findProblems(raced, [...decided, effect], PAID)).toEqual([expect.stringMatching(problem)]);
  });
});
