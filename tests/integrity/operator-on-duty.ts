import { setTimeout as delay } from 'node:timers/promises';

import type { Stack } from '@tollgate/testing';

/** How often the operator looks. Milliseconds. */
const ROUND_MS = 1_000;

/** A person who looks after a stack while its gate finds out what became of its attempts. */
export interface OperatorOnDuty {
  /** Goes home. @returns how many attempts they have closed */
  stop(): Promise<number>;
}

/**
 * Closes what the gate leaves to a person, as they would: an approve went unheard, Primer refused the fence with 409,
 * and lists no payment (docs/adr/0003-one-winner.md). The gate itself asks Primer once more and refuses who is wrong
 * or too early; then the operator comes again in the next round.
 */
export function putOperatorOnDuty(stack: Stack): OperatorOnDuty {
  const home = new AbortController();
  const closed = new Set<string>();
  const duty = (async () => {
    while (!home.signal.aborted) {
      for (const attemptId of await findLeftToPerson(stack)) {
        const { status } = await stack.ask('gateway', `/v1/actions/${attemptId}/conclude`, {
          body: { outcome: 'not-paid', note: 'Primer refused approve and abort, and lists no payment' },
        });
        if (status === 200) closed.add(attemptId);
      }
      await delay(ROUND_MS);
    }
  })();
  // A round that fails is told by stop().
  duty.catch(() => {});
  return {
    stop: async () => {
      home.abort();
      await duty;
      return closed.size;
    },
  };
}

async function findLeftToPerson(stack: Stack): Promise<string[]> {
  const rows = await stack.query<{ attemptId: string }>(
    `SELECT attempt_id AS "attemptId" FROM {gateway}.attempt_action
      WHERE concluded_at IS NULL AND step = 'find' AND if_not_found = 'KEEP_LOOKING' AND last_answer = 'payment none'`,
  );
  return rows.map(({ attemptId }) => attemptId);
}
