import { expect, it } from '@jest/globals';
import { MerchantDirectory } from '@tollgate/persistence';
import { Log, Metrics, ServiceLifetime } from '@tollgate/platform';
import type { Action, Step } from '../actions/action.types.ts';
import type { RecordResultHandler } from '../actions/record-result.handler.ts';
import { openAction } from '../actions/start-step.policy.ts';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import type { CallSettings } from '../gateway.config.ts';
import { WorkingKeys } from '../incidents/working-keys.service.ts';
import type { KillSwitch } from '../kill-switch/kill-switch.service.ts';
import type { AnswerAlarms } from './answer-alarms.service.ts';
import { CarryOutStepHandler } from './carry-out-step.handler.ts';
import type { DueBell } from './due-bell.service.ts';
import type { Leases } from './leases.service.ts';
import type { MerchantLanes } from './merchant-lanes.service.ts';
import type { PaymentFinder } from './payment-finder.service.ts';
import type { PrimerConnection } from './primer-connection.service.ts';

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
const unknown: Action = { ...opened, state: 'UNKNOWN', approveCalls: 1, firstCalledAt: at(200), unknownSince: at(500) };

/** What the merchant's lane is told of a step that is taken while its circuit is open; reads are answered. */
async function take(step: Step): Promise<string[]> {
  const told: string[] = [];
  const handler = new CarryOutStepHandler(
    {
      isCircuitOpen: () => true,
      approve: async () => ({ kind: 'notSent', reason: 'circuit-open' }),
    } as unknown as PrimerConnection,
    { find: async () => ({ kind: 'none' }) } as unknown as PaymentFinder,
    { primerApiKey: async () => 'key' } as unknown as MerchantDirectory,
    { record: async () => true } as unknown as RecordResultHandler,
    { holds: () => true, remove: () => undefined } as unknown as Leases,
    {
      pause: (_merchantId: string, reason: string) => told.push(reason),
      resume: () => told.push('resumed'),
      noteKeyWorks: () => told.push('key works'),
    } as unknown as MerchantLanes,
    new WorkingKeys(),
    { note: () => [] } as unknown as AnswerAlarms,
    { ringIn: () => undefined } as unknown as DueBell,
    { now: () => at(1_000) } as unknown as DatabaseClock,
    { stops: () => false } as unknown as KillSwitch,
    {
      actions: { retryPauseMs: 1, retryPauseMsMax: 1, unknownTooLongMs: 600_000 },
      approveOverrunMs: 0,
    } as CallSettings,
    { stopping: new AbortController().signal } as ServiceLifetime,
    { error: (message: string) => told.push(message), warn: () => undefined } as unknown as Log,
    new Metrics('gateway'),
  );
  const looking: Action = { ...unknown, step: 'find', ifNotFound: 'ABORTED', lookingSince: at(500) };
  await handler.carryOut({ action: step === 'find' ? looking : unknown, step });
  return told;
}

it('a search says nothing about the circuit of calls, open or not: only that the key works', async () => {
  expect(await take('find')).toEqual(['key works']);
});

it('a call that does not get through holds the merchant’s calls back', async () => {
  expect(await take('approve')).toEqual(['circuit-open']);
});
