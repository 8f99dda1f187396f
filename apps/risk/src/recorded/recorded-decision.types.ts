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

/** A decision with what is known of its attempt's fate: null where there is no news of it. */
export interface DecisionWithFate extends RecordedDecision {
  readonly outcome: string | null;
  readonly authorised: boolean | null;
  readonly declined: boolean | null;
  readonly refunded: boolean | null;
  readonly disputed: boolean | null;
}

/** The same with the announcement on which it was decided. */
export interface AnnouncedDecision extends DecisionWithFate {
  readonly received_at: Date;
  readonly announced_by_source: string;
  readonly announced_by_id: string;
}

/** Decisions made from an instant on and before another one; null: of every merchant. */
export interface RecordedRange {
  readonly from: Date;
  readonly to: Date;
  readonly merchantId: string | null;
}
