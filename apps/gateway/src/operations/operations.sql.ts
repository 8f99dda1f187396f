import { sql, type Statement } from '@tollgate/persistence';
import type { ActionState } from '../actions/action.states.ts';

/** All actions, newest first. $1 and $2: where the page before ended or null, $3: how many. */
export const listAllActions = sql('gateway-list-actions', toListing('true'));

/** The same of one state each: as a literal, so that the index over the unusual states serves. */
export const listActionsOfState: Readonly<Record<ActionState, Statement>> = {
  AWAITING: toListingOfState('AWAITING'),
  CALLING: toListingOfState('CALLING'),
  UNKNOWN: toListingOfState('UNKNOWN'),
  APPROVED: toListingOfState('APPROVED'),
  ABORTED: toListingOfState('ABORTED'),
  EXPIRED: toListingOfState('EXPIRED'),
  REJECTED: toListingOfState('REJECTED'),
};

/** $1: attempt id, $2: merchant id or null. */
export const findAction = sql(
  'gateway-find-action',
  `SELECT * FROM attempt_action
   WHERE attempt_id = $1::uuid AND ($2::text IS NULL OR merchant_id = $2)
   ORDER BY created_at
   LIMIT 1`,
);

/** $1: attempt id, $2: merchant id. */
export const findSupersededDecisions = sql(
  'gateway-find-superseded-decisions',
  `SELECT decision, decision_source, decision_reason, decided_at, recorded_at
   FROM superseded_decision
   WHERE attempt_id = $1::uuid AND merchant_id = $2
   ORDER BY recorded_at
   LIMIT 100`,
);

/**
 * Newest first. $1 and $2: where the page before ended or null, $3: how many; then what is wanted, each or null:
 * $4: whether open, $5: kind, $6: attempt, $7: merchant.
 */
export const listIncidents = sql(
  'gateway-list-incidents',
  `SELECT *, first_seen_at::text AS page_at FROM incident
   WHERE ($1::timestamptz IS NULL OR (first_seen_at, id) < ($1::timestamptz, $2::uuid))
     AND ($4::boolean IS NULL OR (closed_at IS NULL) = $4)
     AND ($5::text IS NULL OR kind = $5)
     AND ($6::uuid IS NULL OR attempt_id = $6)
     AND ($7::text IS NULL OR merchant_id = $7)
   ORDER BY first_seen_at DESC, id DESC
   LIMIT $3`,
);

function toListingOfState(state: ActionState): Statement {
  return sql(`gateway-list-actions-${state.toLowerCase()}`, toListing(`state = '${state}'`));
}

function toListing(condition: string): string {
  return `SELECT *, created_at::text AS page_at FROM attempt_action
   WHERE ${condition} AND ($1::timestamptz IS NULL OR (created_at, attempt_id) < ($1::timestamptz, $2::uuid))
   ORDER BY created_at DESC, attempt_id DESC
   LIMIT $3`;
}
