import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isTerminal } from './action.states.ts';
import type { Action, ActionSettings } from './action.types.ts';
import type { CallResult } from './answer.types.ts';
import type { Finding } from './find-payment.policy.ts';
import { settleCall, settleFinding } from './settle-step.policy.ts';
import { openAction, startStep } from './start-step.policy.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const RECEIVED_AT = Date.parse('2026-01-01T00:00:00Z');
const EXPIRES_AT = RECEIVED_AT + 900 * SECOND_MS;
const PAYMENT_ID = 'payment';

/** Primer gives up on a call after this time: nothing arrives later. */
const LATENESS_MS_MAX = 90 * SECOND_MS;
const LIST_LAG_MS_MAX = MINUTE_MS;
const LEASE_MS = 9 * SECOND_MS;
/** Far more than it takes. */
const GOOD_TURNS_MAX = 200;
const STUCK_MS_MAX = 3 * MINUTE_MS;

const settings: ActionSettings = {
  retryPauseMs: 250,
  retryPauseMsMax: 15 * SECOND_MS,
  notFoundPauseMs: 700,
  noneCountsAfterMs: 2 * MINUTE_MS,
  unknownTooLongMs: 10 * MINUTE_MS,
  silentExpiryMs: 60 * MINUTE_MS,
  keyPauseMs: 10 * SECOND_MS,
};

const TIMED_OUT: CallResult = { kind: 'unknown', reason: 'call-timeout' };

type Call = 'approve' | 'abort';

/** What may become of a call: what it does at the provider, and what the gateway is told of it. */
const FATES = {
  answered: (provider: ModelProvider, call: Call, nowMs: number) => provider.take(call, nowMs),
  lost: (provider: ModelProvider, call: Call, nowMs: number) => {
    provider.take(call, nowMs);
    return TIMED_OUT;
  },
  garbled: (provider: ModelProvider, call: Call, nowMs: number) => garble(provider.take(call, nowMs)),
  late: (provider: ModelProvider, call: Call, nowMs: number, lateMs: number) => {
    provider.delay(call, nowMs + lateMs);
    return TIMED_OUT;
  },
  never: () => TIMED_OUT,
  'not sent': (): CallResult => ({ kind: 'notSent', reason: 'connect-failed' }),
  'too fast': () => answer(429),
  'not found': () => answer(404, 'PaymentAttemptNotFound'),
  'key refused': () => answer(401, 'Unauthorized'),
} satisfies Record<string, (provider: ModelProvider, call: Call, nowMs: number, lateMs: number) => CallResult>;

/** One turn of a bad day. */
const turn = fc.record({
  fate: fc.constantFrom(...(Object.keys(FATES) as (keyof typeof FATES)[])),
  /** The gateway is late by so much; a busy machine, a restart. */
  waitMs: fc.oneof(fc.nat(SECOND_MS), fc.nat(2 * MINUTE_MS)),
  tookMs: fc.nat(20 * SECOND_MS),
  lateMs: fc.nat(LATENESS_MS_MAX),
  lagMs: fc.nat(LIST_LAG_MS_MAX),
  listIsRead: fc.boolean(),
  dies: fc.boolean(),
  meanwhile: fc.constantFrom('nothing', 'nothing', 'nothing', 'superseded', 'expired'),
});
type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never;

const GOOD_TURN: Turn = {
  fate: 'answered',
  waitMs: 0,
  tookMs: 100,
  lateMs: 0,
  lagMs: LIST_LAG_MS_MAX,
  listIsRead: true,
  dies: false,
  meanwhile: 'nothing',
};

/** Primer, as far as one attempt goes: what its documents say of approve, abort and the list of payments. */
class ModelProvider {
  paidAtMs: number | undefined;
  private isAborted = false;
  private isCurrent = true;
  private expiresAtMs = EXPIRES_AT;
  private readonly onTheirWay: { atMs: number; call: Call }[] = [];

  /** Calls that were on their way arrive, in their order. */
  passTo(nowMs: number): void {
    const due = this.onTheirWay.filter(({ atMs }) => atMs <= nowMs).toSorted((a, b) => a.atMs - b.atMs);
    for (const each of due) {
      this.onTheirWay.splice(this.onTheirWay.indexOf(each), 1);
      this.take(each.call, each.atMs);
    }
  }

  delay(call: Call, atMs: number): void {
    this.onTheirWay.push({ call, atMs });
  }

  take(call: Call, nowMs: number): CallResult {
    if (this.paidAtMs !== undefined) {
      return call === 'approve'
        ? { ...answer(409, 'IdempotencyKeyAlreadyExists'), paymentId: PAYMENT_ID }
        : answer(409, 'InvalidPaymentAttemptTransition');
    }
    if (this.isAborted) return answer(409, 'InvalidPaymentAttemptTransition');
    if (nowMs >= this.expiresAtMs) return answer(410, 'PaymentAttemptExpired');
    if (call === 'abort') this.isAborted = true;
    else if (!this.isCurrent) return answer(409, 'InvalidPaymentAttemptTransition');
    else this.paidAtMs = nowMs;
    return { ...answer(200), understood: true, ...(call === 'approve' ? { paymentId: PAYMENT_ID } : {}) };
  }

  list(nowMs: number, lagMs: number): Finding {
    const isListed = this.paidAtMs !== undefined && this.paidAtMs <= nowMs - lagMs;
    return isListed
      ? { kind: 'found', payment: { paymentId: PAYMENT_ID, status: 'AUTHORIZED', transactions: [] } }
      : { kind: 'none' };
  }

  supersede(): void {
    this.isCurrent = false;
  }

  expire(nowMs: number): void {
    this.expiresAtMs = Math.min(this.expiresAtMs, nowMs);
  }
}

/** The gateway's policies against the model, through a bad day and the good one after it. */
function live(decision: 'APPROVE' | 'ABORT', badDay: readonly Turn[]) {
  const provider = new ModelProvider();
  let action = open(decision);
  let nowMs = RECEIVED_AT;
  const take = (one: Turn): void => {
    nowMs = Math.max(nowMs, action.dueAt.getTime()) + one.waitMs;
    provider.passTo(nowMs);
    if (one.meanwhile === 'superseded') provider.supersede();
    if (one.meanwhile === 'expired') provider.expire(nowMs);
    const started = startStep(action, new Date(nowMs), settings, false);
    action = started.action;
    if (started.step === null) return;
    const { step } = started;
    const finding: Finding = one.listIsRead ? provider.list(nowMs, one.lagMs) : { kind: 'unavailable' };
    const send = FATES[one.fate];
    const call =
      step === 'find' ? undefined : send(provider, step === 'approve' ? 'approve' : 'abort', nowMs, one.lateMs);
    nowMs += one.dies ? LEASE_MS : one.tookMs;
    if (one.dies) return;
    provider.passTo(nowMs);
    const now = new Date(nowMs);
    const settled =
      call === undefined || step === 'find'
        ? settleFinding(action, finding, now, settings)
        : settleCall(action, step, call, now, settings);
    action = settled.action;
  };
  for (const one of badDay) if (!isTerminal(action.state)) take(one);
  const endedAtMs = nowMs;
  for (let turns = 0; turns < GOOD_TURNS_MAX && !isTerminal(action.state); turns += 1) take(GOOD_TURN);
  const stuckMs = nowMs - endedAtMs;
  provider.passTo(Number.POSITIVE_INFINITY);
  return { state: action.state, isPaid: provider.paidAtMs !== undefined, stuckMs };
}

/** The status arrives, its body makes no sense. */
function garble(result: CallResult): CallResult {
  return result.kind === 'answered' ? answer(result.status) : result;
}

function answer(status: number, errorId?: string): CallResult & { kind: 'answered' } {
  return { kind: 'answered', status, understood: errorId !== undefined, ...(errorId === undefined ? {} : { errorId }) };
}

function open(decision: 'APPROVE' | 'ABORT'): Action {
  const after = (ms: number): Date => new Date(RECEIVED_AT + ms);
  return openAction(
    {
      merchantId: 'm',
      attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
      clientSessionId: 's',
      order: { orderId: 'o', amountMinor: '4200', currency: 'EUR' },
      analyticsId: null,
      clocks: {
        receivedAt: after(0),
        decideBy: after(75 * SECOND_MS),
        approveBy: after(82 * SECOND_MS),
        expiresAt: new Date(EXPIRES_AT),
      },
      decision: { decision, source: 'rules', reason: 'no-rule-matched', decidedAt: after(0) },
      supersededBy: null,
      traceparent: null,
    },
    after(0),
  );
}

const badDay = fc.array(turn, { maxLength: 40 });
const RUNS = { numRuns: 1_000 };

it('says APPROVED exactly when there is a payment, whatever is lost, late or garbled on the way', () => {
  fc.assert(
    fc.property(badDay, (turns) => {
      const { state, isPaid } = live('APPROVE', turns);
      expect(state === 'APPROVED').toBe(isPaid);
    }),
    RUNS,
  );
});

it('makes no payment for a decision to abort', () => {
  fc.assert(
    fc.property(badDay, (turns) => {
      const { state, isPaid } = live('ABORT', turns);
      expect([state === 'APPROVED', isPaid]).toEqual([false, false]);
    }),
    RUNS,
  );
});

it('knows the outcome within three minutes after the provider is well again', () => {
  fc.assert(
    fc.property(fc.constantFrom('APPROVE' as const, 'ABORT' as const), badDay, (decision, turns) => {
      expect(live(decision, turns).stuckMs).toBeLessThanOrEqual(STUCK_MS_MAX);
    }),
    RUNS,
  );
});
