import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import fc from 'fast-check';
import { isLegalTransition, isTerminal } from './action.states.ts';
import type { Action, ActionSettings, Step } from './action.types.ts';
import type { CallResult } from './answer.types.ts';
import type { Finding } from './find-payment.policy.ts';
import { settleCall, settleFinding } from './settle-step.policy.ts';
import { abortInstead, isApproveDue, openAction, startStep, untilResumed } from './start-step.policy.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const RECEIVED_AT = Date.parse('2026-01-01T00:00:00Z');
const APPROVE_BY = RECEIVED_AT + 82 * SECOND_MS;
const EXPIRES_AT = RECEIVED_AT + 900 * SECOND_MS;

const settings: ActionSettings = {
  retryPauseMs: 250,
  retryPauseMsMax: 15 * SECOND_MS,
  notFoundPauseMs: 700,
  noneCountsAfterMs: 2 * MINUTE_MS,
  unknownTooLongMs: 10 * MINUTE_MS,
  silentExpiryMs: 60 * MINUTE_MS,
  keyPauseMs: 10 * SECOND_MS,
};

function open(decision: 'APPROVE' | 'ABORT', at = RECEIVED_AT): Action {
  return openAction(
    {
      merchantId: 'm',
      attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
      clientSessionId: 's',
      order: { orderId: 'o', amountMinor: '4200', currency: 'EUR' },
      analyticsId: null,
      clocks: {
        receivedAt: new Date(RECEIVED_AT),
        decideBy: new Date(RECEIVED_AT + 75 * SECOND_MS),
        approveBy: new Date(APPROVE_BY),
        expiresAt: new Date(EXPIRES_AT),
      },
      decision: { decision, source: 'rules', reason: 'no-rule-matched', decidedAt: new Date(at) },
      supersededBy: null,
      traceparent: null,
    },
    new Date(at),
  );
}

const PAYMENT: PaymentSnapshot = { paymentId: 'p', status: 'AUTHORIZED', transactions: [] };
const timedOut: CallResult = { kind: 'unknown', reason: 'call-timeout' };
const ok: CallResult = { kind: 'answered', status: 200, understood: true };

function answer(status: number, errorId?: string): CallResult {
  return { kind: 'answered', status, understood: errorId !== undefined, ...(errorId === undefined ? {} : { errorId }) };
}

/** Starts the next step at `at` and settles it with `call`. */
function step(action: Action, call: CallResult, at: number): Action {
  const started = startStep(action, new Date(at), settings, false);
  if (started.step === null || started.step === 'find') throw new Error(`A call was expected, not ${started.step}`);
  return settleCall(started.action, started.step, call, new Date(at), settings).action;
}

function find(action: Action, finding: Finding, at: number): Action {
  const started = startStep(action, new Date(at), settings, false);
  if (started.step !== 'find') throw new Error(`find was expected, not ${started.step}`);
  return settleFinding(started.action, finding, new Date(at), settings).action;
}

describe('an approve that must not begin', () => {
  it('becomes an abort, and no call of it counts as one that may have arrived', () => {
    const started = startStep(open('APPROVE'), new Date(RECEIVED_AT), settings, false);
    expect(abortInstead(started, 'order-already-paid')).toMatchObject({
      step: 'abort',
      announce: null,
      action: { state: 'CALLING', step: 'abort', abortReason: 'order-already-paid', approveCalls: 0, abortCalls: 1 },
    });
  });

  it('waits while it is stopped, never beyond its clock: then it becomes an abort, or a fence if it may have left', () => {
    const stopped = untilResumed(open('APPROVE'), new Date(RECEIVED_AT), Number.POSITIVE_INFINITY);
    expect(stopped.dueAt).toEqual(new Date(APPROVE_BY + 1));
    expect(startStep(stopped, stopped.dueAt, settings, false)).toMatchObject({ step: 'abort' });
    const lost = step(open('APPROVE'), timedOut, RECEIVED_AT);
    const unknown = untilResumed(lost, new Date(RECEIVED_AT + 1), Number.POSITIVE_INFINITY);
    expect(startStep(unknown, unknown.dueAt, settings, false)).toMatchObject({ step: 'fence' });
  });

  it('is looked at again by itself while it is stopped: a switch that could not be read wakes nobody', () => {
    expect(untilResumed(open('APPROVE'), new Date(RECEIVED_AT), 5_000).dueAt).toEqual(new Date(RECEIVED_AT + 5_000));
  });

  it('does not wait longer because a circuit is open: what is held back was not tried', () => {
    const held: CallResult = { kind: 'notSent', reason: 'circuit-open' };
    let action = open('APPROVE');
    for (let nth = 0; nth < 20; nth += 1) {
      action = step(action, held, RECEIVED_AT + nth);
    }
    expect(action).toMatchObject({ state: 'AWAITING', approveCalls: 0, tries: 0 });
    expect(action.dueAt).toEqual(new Date(RECEIVED_AT + 19 + settings.retryPauseMs));
  });
});

describe('clocks', () => {
  it('turns an approve that is due too late into an abort at once', () => {
    const late = startStep(open('APPROVE'), new Date(APPROVE_BY + 1), settings, false);
    expect(late).toMatchObject({
      step: 'abort',
      action: { abortReason: 'decided-late', approveCalls: 0, abortCalls: 1 },
    });
  });

  it('approves again within the clock and fences after it', () => {
    const unknown = step(open('APPROVE'), timedOut, RECEIVED_AT);
    expect(unknown.state).toBe('UNKNOWN');
    expect(startStep(unknown, new Date(APPROVE_BY), settings, false).step).toBe('approve');
    expect(startStep(unknown, new Date(APPROVE_BY + 1), settings, false)).toMatchObject({
      step: 'fence',
      action: { abortReason: 'approve-unconfirmed' },
    });
  });

  it('closes an attempt that no approve may have reached one hour after its end, and no other', () => {
    const silent = EXPIRES_AT + settings.silentExpiryMs;
    const awaiting = open('ABORT');
    const aborting = step(awaiting, timedOut, RECEIVED_AT);
    const approving = step(open('APPROVE'), timedOut, RECEIVED_AT);
    for (const action of [awaiting, aborting]) {
      expect(startStep(action, new Date(silent - 1), settings, false).step).toBe('abort');
      expect(startStep(action, new Date(silent), settings, false)).toMatchObject({
        step: null,
        announce: 'concluded',
        action: { state: 'EXPIRED', outcomeReason: 'provider-silent' },
      });
    }
    expect(startStep(approving, new Date(silent), settings, false).step).toBe('fence');
  });

  it('never closes an abort by the clock that Primer refused: somebody may have approved, and a payment is looked for', () => {
    const refusedAbort = step(open('ABORT'), answer(409, 'InvalidPaymentAttemptTransition'), RECEIVED_AT);
    expect(refusedAbort).toMatchObject({ state: 'UNKNOWN', step: 'find', approveCalls: 0 });
    const silent = new Date(EXPIRES_AT + settings.silentExpiryMs);
    expect(startStep(refusedAbort, silent, settings, false)).toMatchObject({
      step: 'find',
      action: { state: 'UNKNOWN' },
    });
  });

  it('takes a call whose lease ran out for one that may have arrived', () => {
    const calling = startStep(open('APPROVE'), new Date(RECEIVED_AT), settings, false).action;
    const taken = startStep(calling, new Date(RECEIVED_AT + 1), settings, false);
    expect(taken).toMatchObject({
      announce: 'outcome-unknown',
      action: { state: 'UNKNOWN', fence: 2, approveCalls: 2 },
    });
  });
});

describe('looking for a payment', () => {
  const NOW = APPROVE_BY + SECOND_MS;
  const fenced = (first: CallResult = answer(409, 'InvalidPaymentAttemptTransition')) =>
    step(step(open('APPROVE'), timedOut, RECEIVED_AT), first, NOW);

  it('approves what it finds after a fence came too late', () => {
    expect(find(fenced(), { kind: 'found', payment: PAYMENT }, NOW)).toMatchObject({
      state: 'APPROVED',
      paymentId: 'p',
    });
  });

  it('keeps looking for ever when no fence of ours can have held', () => {
    const later = NOW + 60 * MINUTE_MS;
    expect(find(fenced(), { kind: 'none' }, later)).toMatchObject({ state: 'UNKNOWN', step: 'find' });
  });

  it('believes an earlier fence once the list has been empty for two minutes, and not before', () => {
    const twice = step(fenced(timedOut), answer(409, 'InvalidPaymentAttemptTransition'), NOW);
    expect(find(twice, { kind: 'none' }, NOW + 2 * MINUTE_MS - 1).state).toBe('UNKNOWN');
    expect(find(twice, { kind: 'none' }, NOW + 2 * MINUTE_MS)).toMatchObject({
      state: 'ABORTED',
      outcomeReason: 'approve-unconfirmed',
    });
  });

  it('never concludes from a list that could not be read or from two candidates', () => {
    const twice = step(fenced(timedOut), answer(409, 'InvalidPaymentAttemptTransition'), NOW);
    const later = NOW + 60 * MINUTE_MS;
    expect(find(twice, { kind: 'unavailable' }, later).state).toBe('UNKNOWN');
    expect(find(twice, { kind: 'ambiguous' }, later).state).toBe('UNKNOWN');
  });

  it('never says that nothing was charged while a payment of the order with another amount may be the attempt’s', () => {
    const doubtful = step(step(open('APPROVE'), timedOut, RECEIVED_AT), answer(400, 'BadRequest'), RECEIVED_AT);
    const later = new Date(RECEIVED_AT + 60 * MINUTE_MS);
    const started = startStep(doubtful, later, settings, false);
    expect(settleFinding(started.action, { kind: 'none' }, later, settings).action.state).toBe('REJECTED');
    const settled = settleFinding(started.action, { kind: 'differing' }, later, settings);
    expect(settled).toMatchObject({ action: { state: 'UNKNOWN', concludedAt: null } });
    expect(settled.incidents).toContain('PAYMENT_AMBIGUOUS');
  });

  it('is over where Primer has said that there is a payment, though the only one that shows has another amount', () => {
    const known = step(open('APPROVE'), answer(409, 'IdempotencyKeyAlreadyExists'), RECEIVED_AT);
    const looked = find(known, { kind: 'differing' }, RECEIVED_AT + 60 * MINUTE_MS);
    expect(looked).toMatchObject({ state: 'APPROVED', paymentId: null });
  });

  it('raises PAID_AGAINST_ABORT when an aborted attempt turns out to have a payment', () => {
    const refused = step(open('ABORT'), answer(409, 'InvalidPaymentAttemptTransition'), RECEIVED_AT);
    const started = startStep(refused, new Date(RECEIVED_AT), settings, false);
    const settled = settleFinding(started.action, { kind: 'found', payment: PAYMENT }, new Date(RECEIVED_AT), settings);
    expect(settled).toMatchObject({ incidents: ['PAID_AGAINST_ABORT'], action: { state: 'APPROVED' } });
  });

  it('looks at once when a payment is sighted, then goes on with the step that was due', () => {
    const unknown = step(open('APPROVE'), timedOut, RECEIVED_AT);
    const started = startStep(unknown, new Date(RECEIVED_AT), settings, true);
    expect(started).toMatchObject({ step: 'find', action: { approveCalls: 1, step: 'approve' } });
    const settled = settleFinding(started.action, { kind: 'none' }, new Date(RECEIVED_AT), settings);
    expect(settled.action).toMatchObject({ state: 'UNKNOWN', step: 'approve', dueAt: new Date(RECEIVED_AT) });
  });

  it('is done in an approve’s stead only where one may have left: a first approve stays one, for the kill switch to stop', () => {
    const unknown = step(open('APPROVE'), timedOut, RECEIVED_AT);
    const now = new Date(RECEIVED_AT + SECOND_MS);
    for (const [action, sighted] of [
      [open('APPROVE'), true],
      [open('APPROVE'), false],
      [unknown, true],
      [unknown, false],
      [open('ABORT'), false],
    ] as const) {
      const approves = startStep(action, now, settings, sighted).step === 'approve';
      expect(isApproveDue(action, sighted, now)).toBe(approves);
    }
    expect(isApproveDue(open('APPROVE'), true, now)).toBe(true);
    expect(isApproveDue(unknown, true, now)).toBe(false);
    expect(isApproveDue(unknown, false, new Date(APPROVE_BY + 1))).toBe(false);
  });

  it('shows that the key works, unless Primer could not be asked or refused it', () => {
    const looking = startStep(fenced(), new Date(NOW), settings, false).action;
    const keyAfter = (finding: Finding) => settleFinding(looking, finding, new Date(NOW), settings).key;
    expect(keyAfter({ kind: 'found', payment: PAYMENT })).toBe('works');
    expect(keyAfter({ kind: 'none' })).toBe('works');
    expect(keyAfter({ kind: 'ambiguous' })).toBe('works');
    expect(keyAfter({ kind: 'unavailable' })).toBe('not-asked');
    expect(keyAfter({ kind: 'key-refused', status: 401 })).toBe('refused');
  });

  it('that the key is not allowed waits alone, and is told: the key may approve all the same', () => {
    const looking = startStep(fenced(), new Date(NOW), settings, false).action;
    const settled = settleFinding(looking, { kind: 'key-refused', status: 403 }, new Date(NOW), settings);
    expect(settled).toMatchObject({ key: 'not-asked', incidents: ['KEY_REFUSED'], action: { state: 'UNKNOWN' } });
    expect(settled.action.dueAt).toEqual(new Date(NOW + settings.keyPauseMs));
  });

  it('pages an operator after ten minutes without an answer', () => {
    const started = startStep(fenced(), new Date(NOW), settings, false);
    const at = new Date(RECEIVED_AT + settings.unknownTooLongMs);
    expect(settleFinding(started.action, { kind: 'none' }, at, settings).incidents).toContain('UNKNOWN_TOO_LONG');
  });
});

describe('the state machine', () => {
  const call = fc.oneof(
    { weight: 3, arbitrary: fc.constant(timedOut) },
    fc.constant(ok),
    fc.constant<CallResult>({ ...ok, paymentId: 'p' }),
    fc.constant<CallResult>({ kind: 'notSent', reason: 'connect-failed' }),
    fc.constantFrom(
      answer(409, 'IdempotencyKeyAlreadyExists'),
      answer(409, 'InvalidPaymentAttemptTransition'),
      answer(409, 'ClientSessionNotManual'),
      answer(410, 'PaymentAttemptExpired'),
      answer(404, 'PaymentAttemptNotFound'),
      answer(400, 'BadRequest'),
      answer(401),
      answer(429),
      answer(302),
      answer(418, 'Teapot'),
    ),
  );
  const finding = fc.constantFrom<Finding>(
    { kind: 'none' },
    { kind: 'ambiguous' },
    { kind: 'unavailable' },
    { kind: 'key-refused', status: 401 },
    { kind: 'key-refused', status: 403 },
    { kind: 'found', payment: PAYMENT },
    { kind: 'differing' },
  );
  const event = fc.record({
    waitMs: fc.oneof(fc.nat(2 * SECOND_MS), fc.nat(3 * MINUTE_MS), fc.constant(61 * MINUTE_MS)),
    call,
    finding,
    crashes: fc.boolean(),
    sighted: fc.boolean(),
  });

  /** Drives one action through answers, crashes and time; reports every step that was started and every change. */
  function drive(
    decision: 'APPROVE' | 'ABORT',
    events: ReadonlyArray<{ waitMs: number; call: CallResult; finding: Finding; crashes: boolean; sighted: boolean }>,
    look: (before: Action, after: Action, now: number, started: Step | null, closedBy: 'clock' | 'answer') => void,
  ): Action {
    let action = open(decision);
    let now = RECEIVED_AT;
    for (const { waitMs, call: result, finding: found, crashes, sighted } of events) {
      if (isTerminal(action.state)) break;
      now += waitMs;
      const started = startStep(action, new Date(now), settings, sighted);
      look(action, started.action, now, started.step, 'clock');
      action = started.action;
      if (crashes || started.step === null) continue;
      const settled =
        started.step === 'find'
          ? settleFinding(action, found, new Date(now), settings)
          : settleCall(action, started.step, result, new Date(now), settings);
      look(action, settled.action, now, null, 'answer');
      action = settled.action;
    }
    return action;
  }

  const story = fc.array(event, { maxLength: 60 });
  const decision = fc.constantFrom('APPROVE' as const, 'ABORT' as const);

  it('takes only legal transitions and never leaves a terminal state', () => {
    fc.assert(
      fc.property(decision, story, (decided, events) => {
        drive(decided, events, (before, after) => {
          expect([before.state, after.state, isLegalTransition(before.state, after.state)]).toEqual([
            before.state,
            after.state,
            true,
          ]);
          expect(after.concludedAt !== null).toBe(isTerminal(after.state));
        });
      }),
    );
  });

  it('refuses to take a step from a terminal state', () => {
    const done = step(open('ABORT'), ok, RECEIVED_AT);
    expect(() => startStep(done, new Date(RECEIVED_AT), settings, false)).toThrow('takes no further step');
  });

  it('starts no approve after approveBy, and none for a decision to abort', () => {
    fc.assert(
      fc.property(decision, story, (decided, events) => {
        drive(decided, events, (_before, _after, now, started) => {
          if (started === 'approve') {
            expect(now).toBeLessThanOrEqual(APPROVE_BY);
            expect(decided).toBe('APPROVE');
          }
        });
      }),
    );
  });

  it('is closed by an answer, by the clock only where no approve may have left', () => {
    fc.assert(
      fc.property(decision, story, (decided, events) => {
        drive(decided, events, (_before, after, _now, _started, closedBy) => {
          if (closedBy === 'clock' && isTerminal(after.state)) {
            expect(after).toMatchObject({ state: 'EXPIRED', approveCalls: 0 });
          }
        });
      }),
    );
  });

  it('never returns to AWAITING once a call may have arrived, and counts no call below zero', () => {
    fc.assert(
      fc.property(decision, story, (decided, events) => {
        drive(decided, events, (_before, after) => {
          expect(Math.min(after.approveCalls, after.abortCalls)).toBeGreaterThanOrEqual(0);
          if (after.state === 'AWAITING') {
            expect(after.approveCalls + after.abortCalls).toBe(0);
          }
        });
      }),
    );
  });

  it('grows the fence number with each lease', () => {
    fc.assert(
      fc.property(decision, story, (decided, events) => {
        drive(decided, events, (before, after, _now, _started, closedBy) => {
          expect(after.fence - before.fence).toBe(closedBy === 'clock' ? 1 : 0);
        });
      }),
    );
  });
});
