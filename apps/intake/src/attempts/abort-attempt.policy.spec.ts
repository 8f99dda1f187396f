import { expect, it } from '@jest/globals';
import { judgeAbort } from './abort-attempt.policy.ts';
import type { AttemptFacts, RecordedDecision, RecordedOutcome } from './attempt.states.ts';

const decided = (decision: 'APPROVE' | 'ABORT' | 'REVIEW'): RecordedDecision => ({
  eventId: 'e',
  decision,
  source: 'rules',
  reason: 'no-rule-matched',
  decidedAt: '2026-11-21T12:00:00.000Z',
});
const concluded = (status: RecordedOutcome['status']): RecordedOutcome => ({
  status,
  charged: 'no',
  retryable: false,
  shopperCode: 'NOT_ACCEPTED',
  reason: 'no-rule-matched',
  concludedAt: '2026-11-21T12:00:00.000Z',
});

it.each<[string, AttemptFacts, object]>([
  ['nothing is decided', {}, { kind: 'announce', result: 'REQUESTED' }],
  ['a person shall look', { review: decided('REVIEW') }, { kind: 'announce', result: 'REQUESTED' }],
  [
    'an approval is on its way',
    { decision: decided('APPROVE') },
    { kind: 'announce', result: 'REQUESTED_AFTER_DECISION' },
  ],
  ['an abort is on its way', { decision: decided('ABORT') }, { kind: 'nothing', result: 'ALREADY_REQUESTED' }],
  [
    'the outcome of an approval is unknown',
    { decision: decided('APPROVE'), unknownSince: '2026-11-21T12:00:00.000Z' },
    { kind: 'announce', result: 'REQUESTED_AFTER_DECISION' },
  ],
  ['it is aborted', { outcome: concluded('ABORTED') }, { kind: 'nothing', result: 'ALREADY_ABORTED' }],
  ['it is approved', { outcome: concluded('APPROVED') }, { kind: 'concluded' }],
  ['it has expired', { outcome: concluded('EXPIRED') }, { kind: 'concluded' }],
])('judges an abort when %s', (_case, facts, verdict) => {
  expect(judgeAbort(facts)).toEqual(verdict);
});
