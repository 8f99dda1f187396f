import type { DecisionKind, Reason } from '@tollgate/contracts';
import type { FeatureSnapshot } from '../features/feature.policy.ts';
import type { RuleHit } from '../rule-sets/rule-set.types.ts';

/** What of a decision is needed to make it again, or to ask what another set would have said. */
export interface RecordedDecision {
  readonly merchant_id: string;
  readonly attempt_id: string;
  /** Minor units. */
  readonly amount_minor: string;
  readonly currency: string;
  readonly decision: DecisionKind;
  readonly reason: Reason;
  readonly rule_set: string;
  readonly rule_set_version: string;
  readonly hits: readonly RuleHit[];
  readonly features: FeatureSnapshot;
}

/** Decisions made from an instant on and before another one; null: of every merchant. */
export interface RecordedRange {
  readonly from: Date;
  readonly to: Date;
  readonly merchantId: string | null;
}
