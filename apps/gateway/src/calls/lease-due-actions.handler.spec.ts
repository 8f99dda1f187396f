import { describe, expect, it } from '@jest/globals';
import type { EventTransactions } from '@tollgate/messaging';
import type { ActionRepository } from '../actions/action.repository.ts';
import type { Action, ActionSettings } from '../actions/action.types.ts';
import { openAction } from '../actions/start-step.policy.ts';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import type { CallSettings } from '../gateway.config.ts';
import type { IncidentRepository } from '../incidents/incident.repository.ts';
import type { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import type { ApproveAdmission } from '../orders/approve-admission.service.ts';
import { LeaseDueActionsHandler } from './lease-due-actions.handler.ts';
import type { MerchantLanes, Traffic } from './merchant-lanes.service.ts';
import type { StepDispatcher } from './step-dispatcher.service.ts';

const HOUR_MS = 3_600_000;
const RECEIVED_AT = Date.parse('2026-01-01T00:00:00Z');
const at = (offsetMs: number) => new Date(RECEIVED_AT + offsetMs);

const approve = openAction(
  {
    merchantId: 'm',
    attemptId: '6c5d3a30-3c2e-4f55-9d8e-5b3d5e3a5c7f',
    clientSessionId: 's',
    order: { orderId: 'o', amountMinor: '4200', currency: 'EUR' },
    analyticsId: null,
    clocks: { receivedAt: at(0), decideBy: at(75_000), approveBy: at(82_000), expiresAt: at(900_000) },
    decision: { decision: 'APPROVE', source: 'rules', reason: 'no-rule-matched', decidedAt: at(100) },
    supersededBy: null,
    traceparent: null,
  },
  at(0),
);

/** Leases what is due at this time, while the kill switch is on or off; tells what was written and handed over. */
async function lease(
  due: { action: Action; sighted: boolean } | Array<{ action: Action; sighted: boolean }>,
  now: Date,
  killSwitchIsOn: boolean,
  room: Readonly<Record<Traffic, number>> = { call: 1, search: 1 },
) {
  const seen = { postponed: [] as Action[], held: [] as Action[], settled: [] as Action[], steps: [] as string[] };
  const committed: Array<() => void> = [];
  const tx = { emit: () => undefined, afterCommit: (work: () => void) => committed.push(work) };
  const handler = new LeaseDueActionsHandler(
    { run: (work: (one: object) => unknown) => work(tx) } as unknown as EventTransactions,
    {
      lockDue: async () => [due].flat(),
      postpone: async (_tx: object, actions: Action[]) => seen.postponed.push(...actions),
      hold: async (_tx: object, actions: Action[]) => seen.held.push(...actions),
    } as unknown as ActionRepository,
    { admit: async (_tx: object, started: object[]) => started } as unknown as ApproveAdmission,
    {
      closeSettled: async (_tx: object, actions: Action[]) => seen.settled.push(...actions),
    } as unknown as IncidentRepository,
    { heldBack: () => [], room: (_m: string, traffic: Traffic) => room[traffic] } as unknown as MerchantLanes,
    {
      noteWaiting: () => undefined,
      dispatch: (steps: Array<{ step: string }>) => seen.steps.push(...steps.map(({ step }) => step)),
    } as unknown as StepDispatcher,
    { refresh: async () => undefined, stops: () => killSwitchIsOn } as unknown as KillSwitch,
    { read: () => ({ monotonicMs: 0, wallMs: 0 }), now: () => now } as unknown as DatabaseClock,
    {
      leaseMs: 9_000,
      killSwitchCopyMsMax: 5_000,
      actions: { silentExpiryMs: HOUR_MS } as ActionSettings,
    } as CallSettings,
  );
  await handler.leaseSome();
  committed.forEach((work) => work());
  return seen;
}

describe('what is due', () => {
  it('is not approved while the kill switch is on, though a payment of the order has been sighted', async () => {
    const due = { action: approve, sighted: true };
    expect(await lease(due, at(1_000), true)).toMatchObject({
      steps: [],
      held: [],
      postponed: [{ state: 'AWAITING' }],
    });
    expect(await lease(due, at(1_000), false)).toMatchObject({ steps: ['approve'], postponed: [] });
  });

  it('is looked for while the kill switch is on, where an approve may have left and a payment was sighted', async () => {
    const action: Action = { ...approve, state: 'UNKNOWN', approveCalls: 1, unknownSince: at(500) };
    expect(await lease({ action, sighted: true }, at(1_000), true)).toMatchObject({ steps: ['find'] });
    expect(await lease({ action, sighted: false }, at(1_000), true)).toMatchObject({ steps: [] });
  });

  it('is looked for while a circuit is open, and one call at a time tries whether it closes', async () => {
    const unknown: Action = { ...approve, state: 'UNKNOWN', approveCalls: 1, unknownSince: at(500) };
    const search: Action = { ...unknown, step: 'find', ifNotFound: 'ABORTED', lookingSince: at(500) };
    const due = [unknown, search, unknown, search, search].map((action) => ({ action, sighted: false }));
    const steps = async (room: Readonly<Record<Traffic, number>>) => (await lease(due, at(1_000), false, room)).steps;
    expect(await steps({ call: 0, search: 9 })).toEqual(['find', 'find', 'find']);
    expect(await steps({ call: 1, search: 9 })).toEqual(['approve', 'find', 'find', 'find']);
    expect(await steps({ call: 2, search: 2 })).toEqual(['approve', 'find']);
  });

  it('ends without a call an hour after it expired, and with it what a person was told of its doubt', async () => {
    const doubt = { state: 'UNKNOWN', step: 'abort', abortCalls: 3, unknownSince: at(1_000) } as const;
    const seen = await lease({ action: { ...approve, ...doubt }, sighted: false }, at(900_000 + HOUR_MS), false);
    expect(seen).toMatchObject({ steps: [], held: [{ state: 'EXPIRED' }], settled: [{ state: 'EXPIRED' }] });
  });
});
