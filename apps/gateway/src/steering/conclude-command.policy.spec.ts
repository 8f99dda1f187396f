import { describe, expect, it } from '@jest/globals';
import type { ConcludeCommandBody, PaymentSnapshot } from '@tollgate/contracts';
import { countCall, takeUp } from '../commands/command-progress.policy.ts';
import type { Command, CommandRequest, CommandSettings, PaymentSight } from '../commands/command.types.ts';
import { openCommand } from '../commands/incoming-command.policy.ts';
import { planFirstCreate, planOperation } from '../commands/plan-command.policy.ts';
import { assertCommandStuck, concludeCommandByPerson } from './conclude-command.policy.ts';

const SETTINGS: CommandSettings = {
  retryPauseMs: 250,
  retryPauseMsMax: 15_000,
  keyPauseMs: 10_000,
  repeatAfterMs: 5_000,
  noEffectAfterMs: 120_000,
  unknownTooLongMs: 600_000,
};
const at = (ms: number) => new Date(ms);
const settled: PaymentSnapshot = {
  ...{ paymentId: 'p-1', status: 'SETTLED', orderId: 'o-1', currency: 'EUR', amountMinor: '4200' },
  ...{ amountCapturedMinor: '4200', amountRefundedMinor: '0', transactions: [] },
};
const REFUND: CommandRequest = { kind: 'refund', paymentId: 'p-1', amountMinor: '1000' };
const CREATE: CommandRequest = { kind: 'create', orderId: 'o-1', amountMinor: '4200', currency: 'EUR' };

const open = (request: CommandRequest): Command =>
  openCommand(
    {
      ...{ merchantId: 'm-1', commandId: 'c-1', request, sealedToken: null },
      ...{ requestedAt: at(0), traceparent: null },
    },
    at(0),
  );

/** A command whose one call was never answered. */
function unanswered(request: CommandRequest): Command {
  const taken = takeUp(open(request), at(0));
  const plan =
    request.kind === 'create'
      ? planFirstCreate(taken, at(0))
      : planOperation(taken, { kind: 'found', payment: settled }, at(0), SETTINGS);
  return plan.kind === 'call' ? takeUp(plan.command, at(0)) : countCall(taken, at(0));
}

const done: ConcludeCommandBody = { outcome: 'done', note: 'the dashboard shows it' };
const none: ConcludeCommandBody = { outcome: 'no-effect', note: 'the dashboard shows nothing' };
const found = (payment: PaymentSnapshot): PaymentSight => ({ kind: 'found', payment });
const refusal = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return 'none';
};

describe('a command is for a person to end', () => {
  it('only once its last call is long over, or when none was made', () => {
    const command = unanswered(REFUND);
    expect(refusal(() => assertCommandStuck(command, at(119_999), SETTINGS))).toBe('PAYMENT_COMMAND_NOT_STUCK');
    expect(refusal(() => assertCommandStuck(command, at(120_000), SETTINGS))).toBe('none');
    expect(refusal(() => assertCommandStuck(open(REFUND), at(0), SETTINGS))).toBe('none');
    const ended = concludeCommandByPerson(command, none, found(settled), at(120_000));
    expect(refusal(() => assertCommandStuck(ended, at(120_000), SETTINGS))).toBe('PAYMENT_COMMAND_CONCLUDED');
  });
});

describe('a person ends a command', () => {
  it('as done only where as much has moved, in whatever form Primer shows it', () => {
    const moved = { ...settled, amountRefundedMinor: '1000' };
    const byDrips = { ...moved, transactions: [{ id: 'r-1', type: 'REFUND', status: 'SETTLED', amountMinor: '400' }] };
    for (const payment of [moved, { ...byDrips }]) {
      expect(concludeCommandByPerson(unanswered(REFUND), done, found(payment), at(1))).toMatchObject({ state: 'DONE' });
    }
    for (const sight of [found(settled), { kind: 'missing' } as const]) {
      expect(refusal(() => concludeCommandByPerson(unanswered(REFUND), done, sight, at(1)))).toBe(
        'CONTRADICTS_PROVIDER',
      );
    }
  });

  it('as without effect where Primer shows none, or no such payment at all, and never against what it shows', () => {
    for (const sight of [found(settled), { kind: 'missing' } as const]) {
      const ended = concludeCommandByPerson(unanswered(REFUND), none, sight, at(1));
      expect(ended).toMatchObject({ state: 'REFUSED', reason: 'no-effect' });
    }
    const refunded = found({ ...settled, amountRefundedMinor: '1000' });
    expect(refusal(() => concludeCommandByPerson(unanswered(REFUND), none, refunded, at(1)))).toBe(
      'CONTRADICTS_PROVIDER',
    );
  });

  it('not while Primer does not say', () => {
    for (const sight of [{ kind: 'unavailable' }, { kind: 'key-refused', status: 401 }] as const) {
      for (const wish of [done, none]) {
        expect(refusal(() => concludeCommandByPerson(unanswered(REFUND), wish, sight, at(1)))).toBe(
          'PROVIDER_UNAVAILABLE',
        );
      }
    }
  });

  it('that was never sent as without effect, and as nothing else', () => {
    expect(concludeCommandByPerson(open(REFUND), none, undefined, at(1))).toMatchObject({ state: 'REFUSED' });
    expect(refusal(() => concludeCommandByPerson(open(REFUND), done, undefined, at(1)))).toBe('CONTRADICTS_PROVIDER');
  });

  it('that creates, as done with a payment that was asked for', () => {
    const create = unanswered(CREATE);
    expect(concludeCommandByPerson(create, done, found(settled), at(1))).toMatchObject({ paymentId: 'p-1' });
    expect(concludeCommandByPerson(create, none, { kind: 'unreadable' }, at(1))).toMatchObject({ reason: 'no-effect' });
    const others = found({ ...settled, orderId: 'o-2' });
    expect(refusal(() => concludeCommandByPerson(create, done, others, at(1)))).toBe('CONTRADICTS_PROVIDER');
    expect(refusal(() => concludeCommandByPerson(create, none, { kind: 'ambiguous' }, at(1)))).toBe(
      'CONTRADICTS_PROVIDER',
    );
  });
});
