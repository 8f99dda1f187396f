import { announceReady, readServiceSettings } from '../columns/service-settings.ts';
import { EventPath } from './event-path.ts';
import type { AttemptEvent, DecisionEvent } from './events.types.ts';

/** The one rule, minor units. */
const AMOUNT_MINOR_MAX = 1_000_000;

const events = await EventPath.open('risk', readServiceSettings());

await events.consume<AttemptEvent>('attempts', async (tx, attempts) => {
  const decisions = attempts.map(decide);
  await tx.run(
    'insert-decisions',
    `INSERT INTO decisions (attempt_id, decision, reason, features)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[])`,
    [
      decisions.map((d) => d.attemptId),
      decisions.map((d) => d.decision),
      decisions.map((d) => d.reason),
      attempts.map((attempt) => JSON.stringify(attempt)),
    ],
  );
  tx.emit(...decisions.map((data) => ({ topic: 'decisions', key: data.attemptId, data })));
});

function decide({ attemptId, amountMinor }: AttemptEvent): DecisionEvent {
  return amountMinor > AMOUNT_MINOR_MAX
    ? { attemptId, decision: 'ABORT', reason: 'amount-limit' }
    : { attemptId, decision: 'APPROVE', reason: 'no-rule-matched' };
}

announceReady(() => events.close());
