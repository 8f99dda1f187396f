import type { RuleSetStatus } from '@tollgate/contracts';
import type { PeopleByRule } from './inherited-people.policy.ts';
import type { RuleSet } from './rule-set.types.ts';

/** Who did something to a rule set. */
export interface RuleSetActor {
  readonly kind: 'person' | 'operator' | 'file';
  /** Set for a person. */
  readonly personId: string | null;
  readonly displayName: string;
}

/** A rule set as the table keeps it. */
export interface RuleSetRow {
  readonly rule_set_id: bigint;
  readonly version: string;
  readonly name: string;
  readonly content: string;
  readonly status: RuleSetStatus;
  readonly created_at: Date;
  readonly created_by: RuleSetActor;
  readonly proposed_at: Date | null;
  readonly proposed_by: RuleSetActor | null;
  readonly proposal_note: string | null;
  readonly live_since: Date | null;
  readonly replaced: string | null;
  readonly people: readonly string[];
}

/** One line of the record of who did what. */
export interface AuditRow {
  readonly audit_id: bigint;
  readonly at: Date;
  readonly version: string;
  readonly name: string;
  readonly step: string;
  readonly from_status: RuleSetStatus | null;
  readonly to_status: RuleSetStatus;
  readonly done_by: RuleSetActor;
  readonly note: string | null;
}

/** A rule set that sees live traffic. */
export interface StandingRuleSet {
  readonly id: bigint;
  readonly ruleSet: RuleSet;
  /** Ids of the people behind it. */
  readonly people: readonly string[];
  /** Of those behind single rules, since these stood in an earlier set. Of the set that decides alone. */
  readonly peopleByRule: PeopleByRule;
}

/** What stands at one moment: the set that decides, and those that are tried beside it. */
export interface Standing {
  readonly revision: bigint;
  readonly live: StandingRuleSet;
  readonly shadows: readonly StandingRuleSet[];
}
