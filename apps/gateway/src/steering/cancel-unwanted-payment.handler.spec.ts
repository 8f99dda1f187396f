import { expect, it } from '@jest/globals';
import type { EventTransactions } from '@tollgate/messaging';
import type { CommandRepository } from '../commands/command.repository.ts';
import type { DatabaseClock } from '../clock/database-clock.service.ts';
import type { IncidentRow } from '../incidents/incident-answer.policy.ts';
import type { IncidentRepository } from '../incidents/incident.repository.ts';
import { CancelUnwantedPaymentHandler } from './cancel-unwanted-payment.handler.ts';
import type { OperatorActionRepository } from './operator-action.repository.ts';

const now = new Date('2026-01-01T00:00:00Z');
const incident: IncidentRow = {
  ...{ id: 'i-1', merchant_id: 'm-1', kind: 'PAID_AGAINST_ABORT', attempt_id: 'a-1', payment_id: 'p-1', facts: {} },
  ...{ count: 1, first_seen_at: now, last_seen_at: now, opened_at: now },
  ...{ closed_at: null, closed_by: null, close_note: null },
};
const closed: IncidentRow = { ...incident, closed_at: now, closed_by: 'rita', close_note: 'the shop delivers' };

/** How often a cancel is asked for, noted and written down; the answer is always the same command. */
async function ask(row: IncidentRow): Promise<number[]> {
  const did = { asked: 0, noted: 0, written: 0 };
  const tx = { emit: () => (did.asked += 1) };
  const handler = new CancelUnwantedPaymentHandler(
    { run: (work: (one: object) => unknown) => work(tx) } as unknown as EventTransactions,
    { lock: async () => row, noteCancel: async () => (did.noted += 1) } as unknown as IncidentRepository,
    { find: async () => undefined } as unknown as CommandRepository,
    { insert: async () => (did.written += 1) } as unknown as OperatorActionRepository,
    { now: () => now } as unknown as DatabaseClock,
  );
  const answer = await handler.cancel('i-1', { note: 'the shop delivers no more', by: 'rita', requester: 'operator' });
  expect(answer).toMatchObject({ commandId: 'unwanted-payment-a-1', status: 'AWAITING' });
  return [did.asked, did.noted, did.written];
}

it('asks for the cancel that it answers with, of an open incident and of a closed one', async () => {
  expect(await ask(incident)).toEqual([1, 1, 1]);
  expect(await ask(closed)).toEqual([1, 1, 1]);
});

it('asks once, however often it is told to', async () => {
  for (const row of [incident, closed]) {
    expect(await ask({ ...row, facts: { cancelCommandId: 'unwanted-payment-a-1' } })).toEqual([0, 0, 0]);
  }
});
