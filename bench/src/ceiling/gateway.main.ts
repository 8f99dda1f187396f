import { Pool } from 'undici';

import { announceReady, readServiceSettings } from '../columns/service-settings.ts';
import { EventPath } from './event-path.ts';
import type { DecisionEvent, OutcomeEvent } from './events.types.ts';
import { GroupCommit } from './group-commit.ts';

const CONNECTIONS_MAX = 64;

const settings = readServiceSettings();
const events = await EventPath.open('gateway', settings);
const provider = new Pool(settings.providerUrl, { connections: CONNECTIONS_MAX });

const results = new GroupCommit<OutcomeEvent>(async (outcomes) => {
  await events.transaction(async (tx) => {
    await tx.run(
      'conclude-actions',
      `UPDATE attempt_actions SET state = result.state, payment_id = result.payment_id, concluded_at = now()
       FROM unnest($1::uuid[], $2::text[], $3::text[]) AS result(attempt_id, state, payment_id)
       WHERE attempt_actions.attempt_id = result.attempt_id`,
      [outcomes.map((o) => o.attemptId), outcomes.map((o) => o.outcome), outcomes.map((o) => o.paymentId)],
    );
    tx.emit(...outcomes.map((data) => ({ topic: 'outcomes', key: data.attemptId, data })));
  });
  return outcomes.map(() => undefined);
});

await events.consume<DecisionEvent>('decisions', async (tx, decisions) => {
  const won = await tx.run<{ attempt_id: string; decision: string }>(
    'claim-actions',
    `INSERT INTO attempt_actions (attempt_id, decision) SELECT * FROM unnest($1::uuid[], $2::text[])
     ON CONFLICT DO NOTHING RETURNING attempt_id, decision`,
    [decisions.map((d) => d.attemptId), decisions.map((d) => d.decision)],
  );
  tx.afterCommit(() => won.forEach((row) => void carryOut(row.attempt_id, row.decision)));
});

/** The claim is committed, so nobody else calls for this attempt. */
async function carryOut(attemptId: string, decision: string): Promise<void> {
  const path = `/payment-attempts/${attemptId}/${decision.toLowerCase()}`;
  const answer = await provider.request({ path, method: 'POST', headers: { 'x-api-version': '2.4' } });
  const { merchantPaymentId } = (await answer.body.json()) as { merchantPaymentId?: string };
  const isApproved = answer.statusCode === 200 && merchantPaymentId !== undefined;
  await results.submit({
    attemptId,
    outcome: isApproved ? 'APPROVED' : 'REJECTED',
    paymentId: merchantPaymentId ?? null,
  });
}

announceReady(async () => {
  await events.close();
  await provider.close();
});
