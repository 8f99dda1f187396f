import { describe, expect, it } from '@jest/globals';
import { PaymentCommandHeld } from '@tollgate/contracts';
import fc from 'fast-check';
import { toCommandHeldEvent } from './command-held.event.ts';
import { takeUp } from './command-progress.policy.ts';
import { isLegalCommandTransition } from './command.states.ts';
import type { Command, CommandRequest, CommandSettings, HoldVerdict, Verdict } from './command.types.ts';
import { applyVerdict, expireHold, findExcess, holdCommand } from './hold-command.policy.ts';
import { openCommand } from './incoming-command.policy.ts';
import { planFirstCreate, planOperation } from './plan-command.policy.ts';

const at = (ms: number) => new Date(ms);
const SETTINGS: CommandSettings = {
  ...{ retryPauseMs: 250, retryPauseMsMax: 15_000, keyPauseMs: 10_000 },
  ...{ repeatAfterMs: 5_000, noEffectAfterMs: 120_000, unknownTooLongMs: 600_000 },
};
const HOLDS = { holdMs: 86_400_000, createHoldMs: 600_000, verdictGraceMs: 60_000 };
const ALL: CommandRequest = { kind: 'refund', paymentId: 'p-1' };
const payment = {
  ...{ paymentId: 'p-1', status: 'SETTLED', orderId: 'o-1', currency: 'EUR', amountMinor: '4200' },
  ...{ amountCapturedMinor: '4200', transactions: [] },
};
const word = (verdict: Verdict): HoldVerdict => ({
  verdict,
  approvalId: 'a-1',
  actor: 'rita',
  at: at(1).toISOString(),
});

function held(request = ALL, sight: { customerId?: string; emailHash?: string } = {}): Command {
  const open = { merchantId: 'm-1', commandId: 'c-1', request, sealedToken: null, traceparent: null };
  const { customerId, ...found } = sight;
  const shown = { ...payment, ...(customerId === undefined ? {} : { customerId }) };
  const leased = takeUp(openCommand({ ...open, requestedAt: at(0) }, at(0)), at(0));
  const plan =
    request.kind === 'create'
      ? planFirstCreate(leased, at(0))
      : planOperation(leased, { kind: 'found', payment: shown, ...found }, at(0), SETTINGS);
  if (plan.kind !== 'call') throw new Error('it should have been called');
  const measure = { limit: { amountMaxMinor: { EUR: '4199' } }, earlierInHour: 0 };
  const { customer } = plan;
  const command = holdCommand(leased, plan.command, { measure, now: at(0), settings: HOLDS, customer });
  if (command === undefined) throw new Error('it should have been held');
  return command;
}

describe('a limit', () => {
  it('is passed by one unit more, by any amount of a currency that it does not name, and by one command more', () => {
    const limit = { amountMaxMinor: { EUR: '1000' }, perHourMax: 2 };
    const reasonOf = (amountMinor: string, currency: string | null, earlierInHour: number) =>
      findExcess({ amountMinor, currency }, { limit, earlierInHour })?.reason;
    expect(reasonOf('1000', 'EUR', 1)).toBeUndefined();
    expect(reasonOf('1001', 'EUR', 0)).toBe('amount-above-limit');
    expect(reasonOf('1', 'USD', 0)).toBe('currency-without-limit');
    expect(reasonOf('1', null, 0)).toBe('currency-without-limit');
    expect(reasonOf('1', 'EUR', 2)).toBe('rate-above-limit');
    expect(findExcess({ amountMinor: '9', currency: 'EUR' }, { limit: {}, earlierInHour: 9 })).toBeUndefined();
  });
});

describe('a command that waits', () => {
  it('has sent nothing, says what it would send, and is due when its time and the grace are over', () => {
    expect(held()).toMatchObject({ state: 'HELD', calls: 0, hold: { amountMinor: '4200', currency: 'EUR' } });
    expect(held().dueAt).toEqual(at(HOLDS.holdMs + HOLDS.verdictGraceMs));
    expect(expireHold(held(), at(5))).toMatchObject({ state: 'REFUSED', reason: 'approval-expired' });
  });

  it('tells whose payment it is, as far as that is known', () => {
    const toldOf = (command: Command) => PaymentCommandHeld.schema.parse(toCommandHeldEvent(command).data).customer;
    const emailHash = 'h'.repeat(43);
    expect(toldOf(held(ALL, { customerId: 'rita', emailHash }))).toEqual({ id: 'rita', emailHash });
    expect(toldOf(held())).toBeUndefined();
    const create: CommandRequest = { kind: 'create', orderId: 'o-1', amountMinor: '4200', currency: 'EUR' };
    expect(toldOf(held({ ...create, customerId: 'rita' }))).toEqual({ id: 'rita' });
  });

  it('sends what was approved and nothing else, however much is left by then', () => {
    const released = takeUp(applyVerdict(held(), word('approved'), at(5)), at(5));
    const more = { ...payment, amountCapturedMinor: '9000' };
    expect(planOperation(released, { kind: 'found', payment: more }, at(5), SETTINGS)).toMatchObject({
      kind: 'call',
      command: { amountMinor: '4200' },
    });
    const less = { ...payment, amountRefundedMinor: '100' };
    expect(planOperation(released, { kind: 'found', payment: less }, at(5), SETTINGS)).toMatchObject({
      settled: { command: { state: 'REFUSED', reason: 'amount-exceeds-captured' } },
    });
  });

  it('goes only along legal transitions, and ends by every word but an approval', () => {
    fc.assert(
      fc.property(fc.constantFrom<Verdict>('approved', 'rejected', 'cancelled', 'expired'), (verdict) => {
        const next = applyVerdict(held(), word(verdict), at(5));
        expect(isLegalCommandTransition('HELD', next.state)).toBe(true);
        expect(next.concludedAt === null).toBe(verdict === 'approved');
        expect(next.fence).toBeGreaterThan(held().fence);
      }),
    );
  });
});
