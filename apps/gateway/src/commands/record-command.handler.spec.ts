import { expect, it } from '@jest/globals';
import type { EventTransactions } from '@tollgate/messaging';
import type { IncidentRepository } from '../incidents/incident.repository.ts';
import type { OperatorActionRepository } from '../steering/operator-action.repository.ts';
import { again, refuse, takeUp } from './command-progress.policy.ts';
import type { CommandRepository } from './command.repository.ts';
import type { Command, CommandSettings } from './command.types.ts';
import { openCommand } from './incoming-command.policy.ts';
import { RecordCommandHandler } from './record-command.handler.ts';
import type { SettleHeldHandler } from './settle-held.handler.ts';

const now = new Date('2026-01-01T00:00:00Z');
const key = { merchantId: 'm-1', commandId: 'c-1', sealedToken: null, requestedAt: now, traceparent: null };
const leased = takeUp(openCommand({ ...key, request: { kind: 'cancel', paymentId: 'p-1' } }, now), now);

/** Subjects whose incidents are closed when this is recorded. */
async function closedBy(command: Command): Promise<string[]> {
  const closed: string[] = [];
  const handler = new RecordCommandHandler(
    { run: (work: (tx: object) => unknown) => work({ emit: () => undefined }) } as unknown as EventTransactions,
    { record: async () => true } as unknown as CommandRepository,
    {
      insert: async () => undefined,
      closeOfCommand: async (_tx: object, _merchantId: string, subject: string) => closed.push(subject),
    } as unknown as IncidentRepository,
    { insert: async () => undefined } as unknown as OperatorActionRepository,
    { settle: async () => undefined } as unknown as SettleHeldHandler,
  );
  await handler.record({ command, incidents: [], key: 'not-asked' });
  return closed;
}

it('closes what a person was told of a command with its end, sent or never sent, and not before', async () => {
  const settings = { retryPauseMs: 1, retryPauseMsMax: 1 } as CommandSettings;
  expect(await closedBy(again(leased, now, settings))).toEqual([]);
  expect(await closedBy(refuse(leased, 'payment-not-found', now))).toEqual(['command c-1']);
  expect(await closedBy({ ...refuse(leased, 'no-effect', now), calls: 1, unknownSince: now })).toEqual(['command c-1']);
});
