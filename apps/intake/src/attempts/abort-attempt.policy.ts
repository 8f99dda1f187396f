import type { AbortAttemptAnswer } from '@tollgate/contracts';
import type { AttemptFacts } from './attempt.states.ts';

/** What an abort by the shop comes to. */
export type AbortVerdict =
  /** Announced: the gateway carries it out, unless it commits an earlier approval first. */
  | { readonly kind: 'announce'; readonly result: AbortAttemptAnswer['result'] }
  /** Nothing to announce: what was asked for is on its way, or has happened. */
  | { readonly kind: 'nothing'; readonly result: AbortAttemptAnswer['result'] }
  /** Too late: the attempt has reached another outcome. */
  | { readonly kind: 'concluded' };

/** Given what is known of the attempt: what does the shop's abort do? */
export function judgeAbort(facts: AttemptFacts): AbortVerdict {
  if (facts.outcome !== undefined) {
    return facts.outcome.status === 'ABORTED' ? { kind: 'nothing', result: 'ALREADY_ABORTED' } : { kind: 'concluded' };
  }
  if (facts.decision === undefined) {
    return { kind: 'announce', result: 'REQUESTED' };
  }
  return facts.decision.decision === 'ABORT'
    ? { kind: 'nothing', result: 'ALREADY_REQUESTED' }
    : { kind: 'announce', result: 'REQUESTED_AFTER_DECISION' };
}
