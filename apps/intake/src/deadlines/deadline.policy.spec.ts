import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CLOCKS, deriveClocks } from '@tollgate/contracts';
import { merchantSettings } from '@tollgate/persistence';
import { decideOverdue } from './deadline.policy.ts';

const received = new Date('2026-11-21T12:00:00.000Z');
const at = (second: number): Date => new Date(received.getTime() + second * 1000);
const attempt = { amountMinor: '5000', currency: 'EUR', clocks: deriveClocks(received, DEFAULT_CLOCKS) };
const capped = merchantSettings.parse({ deadlineApproveMaxMinor: { EUR: '5000' } });

describe('an attempt that nobody has decided by its deadline', () => {
  it('is aborted: silence never approves', () => {
    const own = decideOverdue(attempt, merchantSettings.parse({}), at(75));
    expect(own).toMatchObject({ decision: 'ABORT', source: 'deadline', reason: 'deadline-passed', decidedAt: at(75) });
  });

  it("is approved up to its merchant's cap, and not a cent above", () => {
    expect(decideOverdue(attempt, capped, at(75)).decision).toBe('APPROVE');
    expect(decideOverdue({ ...attempt, amountMinor: '5001' }, capped, at(75)).decision).toBe('ABORT');
  });

  it('is aborted in a currency without a cap, or when its merchant is gone', () => {
    expect(decideOverdue({ ...attempt, currency: 'USD' }, capped, at(75)).decision).toBe('ABORT');
    expect(decideOverdue(attempt, undefined, at(75)).decision).toBe('ABORT');
  });

  it('is aborted once no approve call may start any more', () => {
    expect(decideOverdue(attempt, capped, at(81.999)).decision).toBe('APPROVE');
    expect(decideOverdue(attempt, capped, at(82)).decision).toBe('ABORT');
  });
});
