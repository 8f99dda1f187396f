import type { AttemptClocks, AttemptTokenisedData, DecisionKind, Reason, RuleEvaluation } from '@tollgate/contracts';
import type { FeatureSnapshot } from '../features/feature.policy.ts';
import type { RuleHit, Verdict } from '../rule-sets/rule-set.types.ts';

/** What a decision is made about: an attempt, its clocks, and the event that announced it first. */
export interface AttemptToDecide {
  readonly attempt: AttemptTokenisedData;
  readonly clocks: AttemptClocks;
  readonly announcedBy: { readonly source: string; readonly id: string };
}

/** An attempt with what the rules say about it. */
export interface Decision extends AttemptToDecide {
  readonly verdict: Verdict;
  readonly evaluation: RuleEvaluation;
  /** Ids of the people behind the rule set. */
  readonly people: readonly string[];
  /** What the sets that are only tried say about the same snapshot. */
  readonly shadows: readonly ShadowVerdict[];
}

/** Recorded, never acted on. */
export interface ShadowVerdict {
  readonly ruleSetId: bigint;
  readonly verdict: Verdict;
}

/** A decision as the table keeps it. */
export interface DecisionRow {
  readonly merchant_id: string;
  readonly attempt_id: string;
  readonly client_session_id: string;
  readonly order_id: string;
  readonly amount_minor: string;
  readonly currency: string;
  readonly decision: DecisionKind;
  readonly reason: Reason;
  readonly rule_set: string;
  readonly rule_set_version: string;
  readonly rule_set_digest: string;
  readonly hits: RuleHit[];
  readonly features: FeatureSnapshot;
  readonly received_at: Date;
  readonly decide_by: Date;
  readonly approve_by: Date;
  readonly expires_at: Date;
  readonly decided_at: Date;
}
