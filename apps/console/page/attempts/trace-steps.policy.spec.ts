import { expect, it } from '@jest/globals';
import {
  actionDetailExample,
  type ApprovalAnswer,
  approvalExample,
  attemptExample,
  riskDecisionExample,
} from '@tollgate/contracts';
import { toTraceSteps } from './trace-steps.policy.ts';

it('tells an attempt from its receipt to its entry, in the order of the times, whoever told it', () => {
  const steps = toTraceSteps({
    intake: attemptExample,
    risk: { ...riskDecisionExample, decidedAt: '2026-11-21T12:00:00.008Z' },
    gateway: {
      ...actionDetailExample,
      firstCalledAt: '2026-11-21T12:00:00.030Z',
      outcome: {
        outcome: 'APPROVED',
        reason: 'no-rule-matched',
        paymentId: 'p1',
        concludedAt: '2026-11-21T12:00:00.120Z',
      },
      supersededDecisions: [],
    },
    journal: [
      {
        entryId: 'e1',
        merchantId: 'shop',
        paymentId: 'p1',
        evidenceId: null,
        positionVersion: 1,
        effectiveAt: '2026-11-21T12:00:00.300Z',
        recordedAt: '2026-11-21T12:00:00.400Z',
        postings: [{ account: 'holds', layer: 'pending', amount: { amountMinor: '4200', currency: 'EUR' } }],
      },
    ],
  });

  expect(steps.map(({ service, what }) => `${service}: ${what}`)).toEqual([
    'intake: received',
    'risk: decided ABORT (amount-limit) by default version 6266fd6c7b24',
    'intake: decided APPROVE by rules',
    'gateway: first call of Primer, for APPROVE',
    'gateway: concluded APPROVED',
    'intake: concluded APPROVE APPROVED by rules',
    'ledger: journal entry e1',
  ]);
  expect(steps.at(-1)?.details).toEqual(['holds (pending) €42.00']);
});

it('tells what a person was asked and said, or that nobody did', () => {
  const asked: ApprovalAnswer = {
    ...approvalExample,
    createdAt: '2026-11-21T12:00:00.030Z',
    tollgate: { ...approvalExample.tollgate, reason: 'review-required' },
  };
  const told = (approval: ApprovalAnswer) =>
    toTraceSteps({ approval, journal: [] }).map(({ what, details }) => [what, ...details]);
  const decidedAt = '2026-11-21T12:00:09.000Z';
  expect(told(asked)).toEqual([['shown to reviewers (review-required)']]);
  expect(told({ ...asked, decidedAt, decision: 'approved', reviewer: 'ada@shop.test', note: 'known' }).at(-1)).toEqual([
    'approved by ada@shop.test',
    '“known”',
  ]);
  const expired = { ...asked.tollgate, effectReason: 'expired' };
  expect(told({ ...asked, decidedAt, decision: 'cancelled', tollgate: expired }).at(-1)).toEqual([
    'nobody decided (expired)',
  ]);
});

it('tells nothing of an attempt that nobody knows', () => {
  expect(toTraceSteps({ journal: [] })).toEqual([]);
});
