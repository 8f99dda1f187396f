import { expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import type { Action, ActionSettings } from './action.types.ts';
import { settleFinding } from './settle-step.policy.ts';
import { openAction } from './start-step.policy.ts';

const at = (offsetMs: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + offsetMs);
const clocks = { receivedAt: at(0), decideBy: at(75_000), approveBy: at(82_000), expiresAt: at(900_000) };
const opened = openAction(
  {
    ...{ merchantId: 'm', attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f', clientSessionId: 's', clocks },
    ...{ analyticsId: null, supersededBy: null, traceparent: null },
    order: { orderId: 'o', amountMinor: '4200', currency: 'EUR' },
    decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: at(100) },
  },
  at(0),
);
const settings = { retryPauseMs: 250, retryPauseMsMax: 15_000, noneCountsAfterMs: 150_000, unknownTooLongMs: 600_000 };
const hidden: PaymentSnapshot = { paymentId: 'p', status: 'AUTHORIZED', transactions: [] };

it.each(['APPROVED', 'ABORTED', 'EXPIRED', 'REJECTED', 'KEEP_LOOKING'] as const)(
  'a search that would end %s goes on, and a person is told in time, while a payment that may be meant is not shown',
  (ifNotFound) => {
    const called: Action = { ...opened, state: 'UNKNOWN', approveCalls: 1, firstCalledAt: at(0), unknownSince: at(0) };
    const looking: Action = { ...called, step: 'find', ifNotFound, lookingSince: at(0) };
    const after = (ms: number) =>
      settleFinding(looking, { kind: 'unreadable', payments: [hidden] }, at(ms), settings as ActionSettings);
    expect([after(149_999).incidents, after(150_000).incidents]).toEqual([[], ['PAYMENT_AMBIGUOUS']]);
    expect(after(150_000).action).toMatchObject({ state: 'UNKNOWN', step: 'find', concludedAt: null });
  },
);
