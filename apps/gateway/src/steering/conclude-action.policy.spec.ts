import { describe, expect, it } from '@jest/globals';
import type { ConcludeActionBody, PaymentSnapshot } from '@tollgate/contracts';
import { type Action, INCIDENT_KINDS } from '../actions/action.types.ts';
import { openAction } from '../actions/start-step.policy.ts';
import { INCIDENT_HANDLING, toSafeAction } from '../incidents/incident-action.policy.ts';
import { assertStuck, concludeByPerson } from './conclude-action.policy.ts';

const MINUTE_MS = 60_000;
const RECEIVED_AT = Date.parse('2026-01-01T00:00:00Z');
const at = (offsetMs: number) => new Date(RECEIVED_AT + offsetMs);
const limits = { approveOverrunMs: 6_000, noneCountsAfterMs: 2 * MINUTE_MS };
const order = { orderId: 'o', amountMinor: '4200', currency: 'EUR' };

const stuck: Action = {
  ...openAction(
    {
      merchantId: 'm',
      attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
      clientSessionId: 's',
      order,
      analyticsId: null,
      clocks: { receivedAt: at(0), decideBy: at(75_000), approveBy: at(82_000), expiresAt: at(900_000) },
      decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: at(100) },
      supersededBy: null,
      traceparent: null,
    },
    at(0),
  ),
  ...{ state: 'UNKNOWN', step: 'find', approveCalls: 1, firstCalledAt: at(200), unknownSince: at(300) },
};
const payment: PaymentSnapshot = {
  paymentId: 'p',
  status: 'AUTHORIZED',
  orderId: 'o',
  amountMinor: '4200',
  currency: 'EUR',
  transactions: [],
};
const paid: ConcludeActionBody = { outcome: 'paid', paymentId: 'p', note: 'seen at Primer' };
const notPaid: ConcludeActionBody = { outcome: 'not-paid', note: 'the bank knows of none' };

describe('a person', () => {
  it('is asked only once the last approve is over and what it made would be listed', () => {
    const opensAt = 82_000 + limits.approveOverrunMs + limits.noneCountsAfterMs;
    expect(() => assertStuck(stuck, at(opensAt), limits)).not.toThrow();
    for (const [action, now] of [
      [stuck, at(opensAt - 1)],
      [{ ...stuck, step: 'approve' as const }, at(opensAt)],
      [{ ...stuck, state: 'CALLING' as const }, at(opensAt)],
    ] as const) {
      expect(() => assertStuck(action, now, limits)).toThrow(expect.objectContaining({ code: 'ATTEMPT_NOT_STUCK' }));
    }
  });

  it('closes as paid what Primer shows to be the attempt’s, and nothing else', () => {
    const settled = concludeByPerson(stuck, paid, { named: payment, finding: 'unavailable' }, at(1));
    expect(settled).toMatchObject({ announce: 'concluded', action: { state: 'APPROVED', paymentId: 'p' } });
    for (const named of [
      undefined,
      { ...payment, orderId: 'another' },
      { ...payment, date: '2025-12-31T23:59:00.000000' },
    ]) {
      const claim = () => concludeByPerson(stuck, paid, { named, finding: 'unavailable' }, at(1));
      expect(claim).toThrow(expect.objectContaining({ code: 'CONTRADICTS_PROVIDER' }));
    }
  });

  it('says whether a payment of another amount is the attempt’s, and then it is paid otherwise than was decided', () => {
    const named = { ...payment, amountMinor: '4201' };
    expect(concludeByPerson(stuck, paid, { named, finding: 'unavailable' }, at(1))).toMatchObject({
      action: { state: 'APPROVED', paymentId: 'p' },
      incidents: ['APPROVED_OTHER_THAN_DECIDED'],
    });
    const settled = concludeByPerson(stuck, notPaid, { named: undefined, finding: 'differing' }, at(1));
    expect(settled.action.state).toBe('REJECTED');
    const aborted = { ...stuck, approveCalls: 0 };
    const claim = () => concludeByPerson(aborted, paid, { named, finding: 'unavailable' }, at(1));
    expect(claim).toThrow(expect.objectContaining({ code: 'CONTRADICTS_PROVIDER' }));
  });

  it('closes as not paid only what Primer lists no payment of', () => {
    const settled = concludeByPerson(stuck, notPaid, { named: undefined, finding: 'none' }, at(1));
    expect(settled.action).toMatchObject({ state: 'REJECTED', outcomeReason: 'closed-by-operator', paymentId: null });
    const unread = concludeByPerson(stuck, notPaid, { named: undefined, finding: 'unreadable' }, at(1));
    expect(unread.action.state).toBe('REJECTED');
    for (const [finding, code] of [
      ['found', 'CONTRADICTS_PROVIDER'],
      ['ambiguous', 'CONTRADICTS_PROVIDER'],
      ['unavailable', 'PROVIDER_UNAVAILABLE'],
      ['key-refused', 'PROVIDER_UNAVAILABLE'],
    ] as const) {
      const claim = () => concludeByPerson(stuck, notPaid, { named: undefined, finding }, at(1));
      expect(claim).toThrow(expect.objectContaining({ code }));
    }
  });
});

describe('an incident', () => {
  it.each(INCIDENT_KINDS)('%s has one safe action', (kind) => {
    expect(toSafeAction({ id: 'i', kind, merchantId: 'm', attemptId: 'a', commandId: null })).toEqual({
      kind: INCIDENT_HANDLING[kind].action,
      method: 'POST',
      path: expect.stringMatching(/^\/v1\/(actions\/a\/look-again|incidents\/i\/(close|cancel-payment))$/),
    });
  });

  it.each(['COMMAND_WITHOUT_EFFECT', 'COMMAND_UNKNOWN_TOO_LONG'] as const)('%s leads to its command', (kind) => {
    const about = { id: 'i', kind, merchantId: 'm', attemptId: null, commandId: 'refund/1' };
    expect(toSafeAction(about)?.path).toBe('/v1/payment-commands/refund%2F1/look-again?merchantId=m');
  });
});
