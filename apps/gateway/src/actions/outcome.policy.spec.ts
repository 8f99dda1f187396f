import { describe, expect, it } from '@jest/globals';
import { attemptConcluded } from '@tollgate/contracts';
import type { TerminalState } from './action.states.ts';
import { toConcluded, toOutcomeUnknown } from './outcome.policy.ts';
import type { ActionSettings } from './action.types.ts';
import { conclude } from './settle-step.policy.ts';
import { openAction, startStep } from './start-step.policy.ts';

const NOW = new Date('2026-01-01T00:00:01Z');
const settings: ActionSettings = {
  retryPauseMs: 1,
  retryPauseMsMax: 1,
  notFoundPauseMs: 1,
  noneCountsAfterMs: 1,
  unknownTooLongMs: 1,
  silentExpiryMs: 1,
  keyPauseMs: 1,
};
const opened = openAction(
  {
    merchantId: 'm',
    attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    clientSessionId: 's',
    order: { orderId: 'o', amountMinor: '4200', currency: 'EUR' },
    analyticsId: null,
    clocks: {
      receivedAt: new Date('2026-01-01T00:00:00Z'),
      decideBy: new Date('2026-01-01T00:01:15Z'),
      approveBy: new Date('2026-01-01T00:01:22Z'),
      expiresAt: new Date('2026-01-01T00:15:00Z'),
    },
    decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: NOW },
    supersededBy: null,
    traceparent: null,
  },
  NOW,
);
const started = startStep(opened, NOW, settings, false).action;

describe('what the shop is told', () => {
  it.each<[TerminalState, string, object]>([
    ['APPROVED', 'as-decided', { charged: 'yes', retryable: false, shopperCode: 'APPROVED' }],
    ['ABORTED', 'rule-matched', { charged: 'no', retryable: false, shopperCode: 'NOT_ACCEPTED' }],
    ['ABORTED', 'deadline-passed', { charged: 'no', retryable: true, shopperCode: 'TIMED_OUT' }],
    ['ABORTED', 'superseded', { charged: 'no', retryable: false, shopperCode: 'REPLACED' }],
    ['ABORTED', 'order-already-paid', { charged: 'no', retryable: false, shopperCode: 'ALREADY_PAID' }],
    ['EXPIRED', 'attempt-expired', { charged: 'no', retryable: true, shopperCode: 'TIMED_OUT' }],
    ['REJECTED', 'client-session-not-manual', { charged: 'maybe', retryable: false, shopperCode: 'TECHNICAL' }],
  ])('%s (%s)', (outcome, reason, told) => {
    expect(toConcluded(conclude(started, outcome, reason, NOW))).toMatchObject({ outcome, ...told });
  });

  it('fits the contract for every outcome', () => {
    for (const outcome of ['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED'] as const) {
      expect(
        attemptConcluded.safeParse(toConcluded(conclude(started, outcome, 'as-decided', NOW))).error,
      ).toBeUndefined();
    }
  });

  it('names the newer attempt’s doing when a superseded attempt is rejected', () => {
    const superseded = { ...started, supersededBy: '7c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f' };
    expect(toConcluded(conclude(superseded, 'REJECTED', 'not-approvable', NOW))).toMatchObject({
      reason: 'superseded',
      shopperCode: 'REPLACED',
    });
  });

  it('is never told before there is an outcome', () => {
    expect(() => toConcluded(started)).toThrow('Not concluded');
    expect(() => toOutcomeUnknown(started)).toThrow('Not unknown');
  });
});
