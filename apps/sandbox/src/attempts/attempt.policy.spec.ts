import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AttemptFacts, decideAbort, decideApprove, type Verdict } from './attempt.policy.ts';
import { approvalStatusAt, ATTEMPT_TRANSITIONS, type AttemptApprovalStatus } from './attempt.states.ts';

const awaiting: AttemptFacts = { approvalMode: 'MANUAL', status: 'REQUIRES_APPROVAL', isCurrent: true };
const allowed = { allowed: true };

function refused(refusal: string): object {
  return { allowed: false, refusal };
}

describe('an approve', () => {
  it.each([
    ['an attempt that awaits approval', awaiting, allowed],
    ['an attempt of an AUTO session', { ...awaiting, approvalMode: 'AUTO' }, refused('ClientSessionNotManual')],
    ['a superseded attempt', { ...awaiting, isCurrent: false }, refused('InvalidPaymentAttemptTransition')],
    ['an approved attempt', { ...awaiting, status: 'APPROVED' }, refused('IdempotencyKeyAlreadyExists')],
    [
      'an approved attempt that was superseded since',
      { ...awaiting, status: 'APPROVED', isCurrent: false },
      refused('IdempotencyKeyAlreadyExists'),
    ],
    ['an aborted attempt', { ...awaiting, status: 'ABORTED' }, refused('InvalidPaymentAttemptTransition')],
    ['an expired attempt', { ...awaiting, status: 'EXPIRED' }, refused('PaymentAttemptExpired')],
    [
      'an expired attempt that was superseded',
      { ...awaiting, status: 'EXPIRED', isCurrent: false },
      refused('PaymentAttemptExpired'),
    ],
  ] as [string, AttemptFacts, Verdict<string>][])('of %s is answered as documented', (_name, given, then) => {
    expect(decideApprove(given)).toEqual(then);
  });
});

describe('an abort', () => {
  it.each([
    ['an attempt that awaits approval', awaiting, allowed],
    ['a superseded attempt', { ...awaiting, isCurrent: false }, allowed],
    [
      'an attempt of an AUTO session',
      { ...awaiting, approvalMode: 'AUTO' },
      refused('InvalidPaymentAttemptTransition'),
    ],
    ['an approved attempt', { ...awaiting, status: 'APPROVED' }, refused('InvalidPaymentAttemptTransition')],
    ['an aborted attempt', { ...awaiting, status: 'ABORTED' }, refused('InvalidPaymentAttemptTransition')],
    ['an expired attempt', { ...awaiting, status: 'EXPIRED' }, refused('PaymentAttemptExpired')],
  ] as [string, AttemptFacts, Verdict<string>][])('of %s is answered as documented', (_name, given, then) => {
    expect(decideAbort(given)).toEqual(then);
  });
});

describe('expiry', () => {
  it('comes at the very instant, and only to an attempt that still awaits approval', () => {
    const expiresAtMicros = 1_000;
    expect(approvalStatusAt({ recordedStatus: 'REQUIRES_APPROVAL', expiresAtMicros }, 999)).toBe('REQUIRES_APPROVAL');
    expect(approvalStatusAt({ recordedStatus: 'REQUIRES_APPROVAL', expiresAtMicros }, 1_000)).toBe('EXPIRED');
    expect(approvalStatusAt({ recordedStatus: 'APPROVED', expiresAtMicros }, 5_000)).toBe('APPROVED');
    expect(approvalStatusAt({ recordedStatus: 'ABORTED', expiresAtMicros }, 5_000)).toBe('ABORTED');
  });
});

/** One thing that can happen to a session with several attempts; `attempt` counts from the session's first. */
type Step =
  | { readonly kind: 'start' }
  | { readonly kind: 'wait'; readonly micros: number }
  | { readonly kind: 'approve' | 'abort'; readonly attempt: number };

interface ModelAttempt {
  recordedStatus: Exclude<AttemptApprovalStatus, 'EXPIRED'>;
  expiresAtMicros: number;
  payments: number;
}

const LIFE_MICROS = 100;

const steps = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('start' as const) }),
    fc.record({ kind: fc.constant('wait' as const), micros: fc.integer({ min: 1, max: LIFE_MICROS }) }),
    fc.record({ kind: fc.constantFrom('approve' as const, 'abort' as const), attempt: fc.nat({ max: 3 }) }),
  ),
  { maxLength: 40 },
);

it('makes at most one payment for an attempt under every sequence of approve, abort, expiry and supersession', () => {
  fc.assert(
    fc.property(steps, (sequence) => {
      for (const move of play(sequence)) {
        expect(ATTEMPT_TRANSITIONS[move.from]).toContain(move.to);
        expect(move.attempt.payments).toBe(move.to === 'APPROVED' ? 1 : 0);
      }
    }),
  );
});

/** Plays the steps against one session and answers every move that was allowed, in order. */
function play(
  sequence: readonly Step[],
): { from: AttemptApprovalStatus; to: AttemptApprovalStatus; attempt: ModelAttempt }[] {
  const attempts: ModelAttempt[] = [];
  const moves: ReturnType<typeof play> = [];
  let nowMicros = 0;
  for (const step of sequence) {
    if (step.kind === 'start') {
      attempts.push({ recordedStatus: 'REQUIRES_APPROVAL', expiresAtMicros: nowMicros + LIFE_MICROS, payments: 0 });
    } else if (step.kind === 'wait') {
      nowMicros += step.micros;
    } else {
      const attempt = attempts[step.attempt];
      if (!attempt) continue;
      const from = approvalStatusAt(attempt, nowMicros);
      const facts: AttemptFacts = { approvalMode: 'MANUAL', status: from, isCurrent: attempt === attempts.at(-1) };
      const verdict = step.kind === 'approve' ? decideApprove(facts) : decideAbort(facts);
      if (!verdict.allowed) continue;
      attempt.recordedStatus = step.kind === 'approve' ? 'APPROVED' : 'ABORTED';
      attempt.payments += step.kind === 'approve' ? 1 : 0;
      moves.push({ from, to: attempt.recordedStatus, attempt });
    }
  }
  return moves;
}
