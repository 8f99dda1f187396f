import type { AttemptFacts } from './attempt.policy.ts';
import { approvalStatusAt } from './attempt.states.ts';
import type { Attempt } from './attempt.types.ts';

/** What of an attempt decides the answer to a call at this moment. */
export function toAttemptFacts(attempt: Attempt, nowMicros: number): AttemptFacts {
  return {
    approvalMode: attempt.approvalMode,
    status: approvalStatusAt(attempt, nowMicros),
    isCurrent: attempt.isCurrent,
  };
}
