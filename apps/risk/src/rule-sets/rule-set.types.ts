import type { DecisionKind, Reason } from '@tollgate/contracts';
import type { z } from 'zod';
import type { ruleSetDocument, VELOCITY_KINDS } from './rule-set.schema.ts';

/** A rule set as it is written down. */
export type RuleSetDocument = z.output<typeof ruleSetDocument>;
export type ParameterValue = RuleSetDocument['parameters'][string];
export type VelocityDefinition = RuleSetDocument['velocity'][number];
export type VelocityKind = (typeof VELOCITY_KINDS)[number];

/** Nested values by group, as conditions name them: `order.amountMinor`. Absent features are not there. */
export type ConditionContext = Readonly<Record<string, unknown>>;

/** One rule, its condition parsed and type-checked. */
export interface CompiledRule {
  readonly id: string;
  readonly decision: DecisionKind;
  readonly reason: Reason;
  readonly condition: (context: ConditionContext) => unknown;
}

/** A rule set that is ready to decide. */
export interface RuleSet {
  readonly document: RuleSetDocument;
  /** SHA-256 over the canonical JSON of the document, in hexadecimal. */
  readonly digest: string;
  readonly rules: readonly CompiledRule[];
  /** Values beside the features that conditions may name: `parameters` and `limits`. */
  readonly constants: ConditionContext;
}

/** Something in a document that keeps it from being used. */
export interface RuleSetProblem {
  /** Where in the document, as keys and indexes. */
  readonly path: ReadonlyArray<string | number>;
  readonly message: string;
  /** The rule's id, where the problem is in a rule. */
  readonly rule?: string;
  /** Where in the condition it begins, counted in characters from 1. */
  readonly character?: number;
}

/** A rule that held, overruled or not. */
export interface RuleHit {
  readonly rule: string;
  readonly decision: DecisionKind;
  readonly reason: Reason;
}

/** What a rule set says about one attempt. */
export interface Verdict {
  readonly decision: DecisionKind;
  readonly reason: Reason;
  readonly hits: readonly RuleHit[];
}
