import { describe, expect, it } from '@jest/globals';
import type { PaymentSnapshot } from '@tollgate/contracts';
import fc from 'fast-check';
import { isLegalCommandTransition } from './command.states.ts';
import { takeUp } from './command-progress.policy.ts';
import type { Command, CommandCall, CommandRequest, CommandSettings, PaymentSight } from './command.types.ts';
import { openCommand } from './incoming-command.policy.ts';
import { planCreated, planFirstCreate, planOperation } from './plan-command.policy.ts';
import { settleCommandCall } from './settle-command.policy.ts';

const SETTINGS: CommandSettings = {
  retryPauseMs: 250,
  retryPauseMsMax: 15_000,
  keyPauseMs: 10_000,
  repeatAfterMs: 5_000,
  noEffectAfterMs: 120_000,
  unknownTooLongMs: 600_000,
};

/** What goes wrong with one try. `death`: the gateway dies after the call, whose answer nobody hears. */
const TROUBLES = [
  'none',
  'lost-before',
  'lost-after',
  'death-before',
  'death-after',
  '429',
  '401',
  '500-after',
  'unread',
] as const;
type Trouble = (typeof TROUBLES)[number];

/** A Primer for one payment that keeps its documented rules: each idempotency key is carried out once. */
class Provider {
  captured = 0;
  refunded = 0;
  readonly captures: Array<{ amount: number; final: boolean }> = [];
  readonly refunds: number[] = [];
  cancelled = false;
  created = 0;
  effects = 0;
  /** While set, reading shows the payment as it was then, whatever has happened since. */
  lagging: PaymentSnapshot | undefined;
  #key = false;

  /** @param looksAt what a repetition is answered by first: its known key, or what the payment is by then */
  constructor(
    readonly authorised: number,
    capturedBefore: number,
    readonly looksAt: 'key' | 'payment' = 'key',
  ) {
    if (capturedBefore > 0) {
      this.#capture(capturedBefore, false);
    }
  }

  call(command: Command): CommandCall {
    const { request } = command;
    if (this.#key && this.looksAt === 'payment' && request.kind !== 'create') {
      return this.#error(400, 'PaymentError');
    }
    if (this.#key) {
      return request.kind === 'create'
        ? this.#error(400, 'TransactionRequestIdempotencyKeyAlreadyExists')
        : this.#error(409, 'IdempotencyKeyAlreadyExists');
    }
    const amount = Number(command.amountMinor ?? '0');
    if (!this.#carryOut(request.kind, amount, command.final === true)) {
      return this.#error(400, 'PaymentError');
    }
    this.#key = true;
    this.effects += 1;
    return { kind: 'answered', status: 200, understood: true, paymentId: 'p-1', payment: this.read() };
  }

  /** The payment as Primer shows it: behind what happened, while it lags. */
  read(): PaymentSnapshot {
    return this.lagging ?? this.show();
  }

  /** Somebody captures or refunds in the dashboard. */
  actInDashboard(kind: 'capture' | 'refund', amount: number): void {
    this.#carryOut(kind, amount, false);
  }

  show(): PaymentSnapshot {
    const at = (index: number) => `2026-01-05T10:00:0${index}.000000Z`;
    return {
      paymentId: 'p-1',
      status: this.cancelled ? 'CANCELLED' : this.captures.length === 0 ? 'AUTHORIZED' : 'PARTIALLY_SETTLED',
      orderId: 'o-1',
      currency: 'EUR',
      amountMinor: String(this.captures.length === 0 ? this.authorised : this.captured),
      amountCapturedMinor: String(this.captured),
      amountRefundedMinor: String(this.refunded),
      transactions: this.refunds.map((amount, index) => ({
        id: `r-${index}`,
        type: 'REFUND',
        status: 'SETTLED',
        amountMinor: String(amount),
      })),
      events: [
        { type: 'AUTHORIZATION_SUCCEEDED', at: at(0), amountMinor: String(this.authorised) },
        ...this.captures.map(({ amount, final }, index) => ({
          type: 'CAPTURE_SUCCEEDED',
          at: at(index + 1),
          amountMinor: String(amount),
          final,
        })),
      ],
    };
  }

  #carryOut(kind: CommandRequest['kind'], amount: number, final: boolean): boolean {
    switch (kind) {
      case 'create':
        this.created += 1;
        return true;
      case 'capture':
        return this.#capture(amount, final);
      case 'refund':
        if (this.refunded + amount > this.captured) return false;
        this.refunded += amount;
        this.refunds.push(amount);
        return true;
      default:
        if (this.cancelled || this.captured > 0) return false;
        this.cancelled = true;
        return true;
    }
  }

  #capture(amount: number, final: boolean): boolean {
    const isOver = this.cancelled || this.captures.some((one) => one.final);
    if (isOver || amount < 1 || this.captured + amount > this.authorised) return false;
    this.captured += amount;
    this.captures.push({ amount, final });
    return true;
  }

  #error(status: number, errorId: string): CommandCall {
    return { kind: 'answered', status, understood: true, errorId, paymentId: 'p-1' };
  }
}

/** Carries a command out as the gateway does, try after try, until it ends or a person is told. Returns every state. */
function carryOut(start: Command, provider: Provider, troubles: readonly Trouble[], dashboard: () => void): Command[] {
  const history = [start];
  let nowMs = start.dueAt.getTime();
  for (let tries = 0; history.at(-1)!.concludedAt === null; tries += 1) {
    if (tries > 200) throw new Error(`still ${history.at(-1)!.state} after 200 tries`);
    const trouble = troubles[tries] ?? 'none';
    nowMs = Math.max(nowMs, history.at(-1)!.dueAt.getTime());
    const leased = takeUp(history.at(-1)!, new Date(nowMs));
    history.push(leased);
    if (tries === 1) dashboard();
    nowMs += 10;
    const plan = planOf(leased, provider, trouble, new Date(nowMs));
    if (plan.kind === 'settle') {
      history.push(plan.settled.command);
      if (plan.settled.incidents.includes('COMMAND_WITHOUT_EFFECT')) break;
      continue;
    }
    history.push(plan.command);
    const call = callOf(plan.command, provider, trouble);
    nowMs += 10;
    if (call === 'nobody-hears') {
      nowMs += 9_000; // The lease runs out.
    } else {
      history.push(settleCommandCall(plan.command, call, new Date(nowMs), SETTINGS).command);
    }
  }
  return history;
}

function planOf(command: Command, provider: Provider, trouble: Trouble, now: Date) {
  const isCreate = command.request.kind === 'create';
  const exists = !isCreate || provider.created > 0;
  const sight: PaymentSight =
    trouble === 'unread'
      ? { kind: 'unavailable' }
      : exists
        ? { kind: 'found', payment: provider.read() }
        : { kind: 'missing' };
  if (!isCreate) return planOperation(command, sight, now, SETTINGS);
  return command.calls === 0 ? planFirstCreate(command, now) : planCreated(command, sight, now, SETTINGS);
}

function callOf(command: Command, provider: Provider, trouble: Trouble): CommandCall | 'nobody-hears' {
  const lost: CommandCall = { kind: 'unknown', reason: 'connection-lost' };
  switch (trouble) {
    case 'lost-before':
      return lost;
    case 'lost-after':
      provider.call(command);
      return lost;
    case 'death-before':
      return 'nobody-hears';
    case 'death-after':
      provider.call(command);
      return 'nobody-hears';
    case '429':
      return { kind: 'answered', status: 429, understood: false, retryAfterMs: 2_000 };
    case '401':
      return { kind: 'answered', status: 401, understood: true, errorId: 'Unauthorized' };
    case '500-after':
      provider.call(command);
      return { kind: 'unknown', reason: 'server-error', status: 500 };
    default:
      return provider.call(command);
  }
}

const open = (request: CommandRequest): Command =>
  openCommand(
    {
      merchantId: 'm-1',
      commandId: 'c-1',
      request,
      sealedToken: null,
      requestedAt: new Date(0),
      traceparent: null,
    },
    new Date(0),
  );

const amount = fc.integer({ min: 1, max: 120 });
const request = fc.oneof(
  fc.record({ kind: fc.constant('capture' as const), amount: fc.option(amount), final: fc.boolean() }),
  fc.record({ kind: fc.constant('refund' as const), amount: fc.option(amount) }),
  fc.record({ kind: fc.constant('cancel' as const) }),
  fc.record({ kind: fc.constant('create' as const) }),
);
const troubles = fc.array(fc.constantFrom(...TROUBLES), { maxLength: 12 });

function toRequest(one: { kind: string; amount?: number | null; final?: boolean }): CommandRequest {
  const asked = one.amount === undefined || one.amount === null ? {} : { amountMinor: String(one.amount) };
  switch (one.kind) {
    case 'capture':
      return { kind: 'capture', paymentId: 'p-1', ...asked, final: one.final ?? true };
    case 'refund':
      return { kind: 'refund', paymentId: 'p-1', ...asked };
    case 'cancel':
      return { kind: 'cancel', paymentId: 'p-1' };
    default:
      return { kind: 'create', orderId: 'o-1', amountMinor: '100', currency: 'EUR' };
  }
}

describe('a command whose answers are lost, again and again', () => {
  it('has its effect once if it is DONE, and never if it is REFUSED', () => {
    fc.assert(
      fc.property(
        request,
        fc.integer({ min: 0, max: 100 }),
        troubles,
        fc.constantFrom('key' as const, 'payment' as const),
        (one, capturedBefore, wrong, first) => {
          const provider = new Provider(100, one.kind === 'create' ? 0 : capturedBefore, first);
          const history = carryOut(open(toRequest(one)), provider, wrong, () => undefined);
          expect(provider.effects).toBe(history.at(-1)!.state === 'DONE' ? 1 : 0);
          expect(provider.captured).toBeLessThanOrEqual(provider.authorised);
          expect(provider.refunded).toBeLessThanOrEqual(provider.captured);
        },
      ),
    );
  });

  it('is never REFUSED while its effect may still show, whatever the repetition is told and however long the payment lags', () => {
    const looksAt = fc.constantFrom('key' as const, 'payment' as const);
    fc.assert(
      fc.property(request, fc.integer({ min: 1, max: 100 }), troubles, looksAt, (one, capturedBefore, wrong, first) => {
        const provider = new Provider(100, one.kind === 'create' ? 0 : capturedBefore, first);
        provider.lagging = provider.show();
        const end = carryOut(open(toRequest(one)), provider, wrong, () => undefined).at(-1)!;
        if (provider.effects > 0 && one.kind !== 'create') {
          expect(end).toMatchObject({ state: 'UNKNOWN', concludedAt: null });
        }
        if (end.state === 'REFUSED') {
          expect(provider.effects).toBe(0);
        }
      }),
    );
  });

  it('goes only along legal transitions, and sends one amount however often it is sent', () => {
    fc.assert(
      fc.property(request, troubles, (one, wrong) => {
        const history = carryOut(open(toRequest(one)), new Provider(100, 40), wrong, () => undefined);
        history.slice(1).forEach((next, index) => {
          expect(isLegalCommandTransition(history[index]!.state, next.state)).toBe(true);
        });
        const sent = history
          .filter(({ calls, state }) => calls > 0 && state === 'UNKNOWN')
          .map((seen) => seen.amountMinor);
        expect(new Set(sent).size).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('has its effect once at most while somebody else changes the payment', () => {
    const other = fc.record({ kind: fc.constantFrom('capture' as const, 'refund' as const), amount });
    fc.assert(
      fc.property(request, other, troubles, (one, foreign, wrong) => {
        const provider = new Provider(100, one.kind === 'create' ? 0 : 50);
        const history = carryOut(open(toRequest(one)), provider, wrong, () =>
          provider.actInDashboard(foreign.kind, foreign.amount),
        );
        expect(provider.effects).toBeLessThanOrEqual(1);
        // Only an effect of the same amount may be taken for ours.
        const looksLikeOurs =
          'amount' in one && one.kind === foreign.kind && history.at(-1)!.amountMinor === String(foreign.amount);
        // As much as ours was to move, and not the same: whether ours is among it is a person's to find out.
        const isForAPerson = history.at(-1)!.state === 'UNKNOWN';
        if (isForAPerson) {
          // Or whether a cancel that is refused on a captured payment had been in vain from the start.
          expect([foreign.kind, 'cancel']).toContain(one.kind);
        } else if (!looksLikeOurs) {
          expect(provider.effects).toBe(history.at(-1)!.state === 'DONE' ? 1 : 0);
        }
        expect(provider.captured).toBeLessThanOrEqual(provider.authorised);
        expect(provider.refunded).toBeLessThanOrEqual(provider.captured);
      }),
    );
  });
});
