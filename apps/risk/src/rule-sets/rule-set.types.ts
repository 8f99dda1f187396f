import type { DecisionKind, Reason } from '@tollgate/contracts';
import type { z } from 'zod';
import type { ruleSetDocument } from './rule-set.schema.ts';

/** A rule set as it is written down. */
export type RuleSetDocument = z.output<typeof ruleSetDocument>;
export type VerdictWord = RuleSetDocument['default']['then'];
export type ParameterValue = RuleSetDocument['parameters'][string];

/** Nested values by group, as conditions name them: `order.amountMinor`. Absent features are not there. */
export type ConditionContext = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A name that conditions use: `group.name`. */
export interface FeatureReference {
  readonly group: string;
  readonly name: string;
}

/** What a condition says; unknown where a value that it needs is not known, an error's code where it cannot be told. */
export type ConditionOutcome = boolean | 'unknown' | { readonly error: string };

/** One rule, its condition parsed and type-checked. */
export interface CompiledRule {
  readonly name: string;
  /** Undefined for a rule that only has a score. */
  readonly then: VerdictWord | undefined;
  readonly isMandatory: boolean;
  readonly reason: Reason;
  readonly score: number | undefined;
  readonly condition: (context: ConditionContext) => unknown;
  /** The same, slower, where a value is not there: says why the condition fails. */
  readonly outcome: (context: ConditionContext) => ConditionOutcome;
  /** Features that the condition names. */
  readonly features: readonly FeatureReference[];
  /** Those of them without which it cannot hold, so that it does not where one is not known. */
  readonly needs: readonly FeatureReference[];
  /** Counters among the features that must not be unknown: see `whenUnknown` of velocities and of history. */
  readonly counters: readonly FeatureReference[];
  /** Elementary steps that the condition takes at most. */
  readonly steps: number;
}

/** A feature that some rule names, and where a snapshot has it. */
export interface NamedFeature extends FeatureReference {
  /** Keys of the snapshot; the first that is there counts. */
  readonly recordedAs: readonly string[];
  readonly isInt: boolean;
}

/** A rule set that is ready to decide. */
export interface RuleSet {
  readonly document: RuleSetDocument;
  /** The document as written, in canonical JSON. */
  readonly content: string;
  /** SHA-256 over the content, in hexadecimal. */
  readonly version: string;
  readonly rules: readonly CompiledRule[];
  /** Every feature that a condition names, each once. */
  readonly features: readonly NamedFeature[];
  /** Values beside the features that conditions may name: `parameters` and `limits`. */
  readonly constants: ConditionContext;
}

/** Something in a document that keeps it from being used. */
export interface RuleSetProblem {
  /** Where in the document, as keys and indexes. */
  readonly path: ReadonlyArray<string | number>;
  readonly message: string;
  /** The rule's name, where the problem is in a rule. */
  readonly rule?: string;
  /** Where in the condition it begins, counted in characters from 1. */
  readonly character?: number;
}

/** A rule that held, overruled or not, or of which that could not be told. */
export interface RuleHit {
  readonly rule: string;
  /** SCORE: the rule asks for nothing by itself. */
  readonly decision: DecisionKind | 'SCORE';
  readonly reason: Reason;
  readonly score?: number;
  /** Why it could not be told; the decision is then REVIEW. */
  readonly error?: string;
}

/** What a rule set says about one attempt. */
export interface Verdict {
  readonly decision: DecisionKind;
  readonly reason: Reason;
  /** Sum of the scores of all rules that held. */
  readonly score: number;
  readonly hits: readonly RuleHit[];
}
