import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { FEATURES, type FeatureType } from '../features/feature.policy.ts';
import { velocityFeature } from '../velocity/velocity-feature.policy.ts';
import { STEPS_MAX } from './condition-steps.policy.ts';
import { conditionCompiler } from './condition.policy.ts';
import type {
  CompiledRule,
  ConditionContext,
  NamedFeature,
  ParameterValue,
  RuleSet,
  RuleSetDocument,
  RuleSetProblem,
} from './rule-set.types.ts';

/** Either a rule set that is ready to decide, or every problem that keeps the document from being one. */
export type Compilation = { readonly ruleSet: RuleSet } | { readonly problems: readonly RuleSetProblem[] };

/** A document as its author wrote it, and as the schema read it. */
export interface ReadDocument {
  readonly written: unknown;
  readonly document: RuleSetDocument;
}

/**
 * Parses and type-checks every condition against the declared features. Conditions are written in CEL
 * (https://cel.dev): no loops without bound, no side effects, no clock, so that a decision can be computed again.
 */
export function compileRuleSet({ written, document }: ReadDocument): Compilation {
  const compile = conditionCompiler(document);
  const rules: CompiledRule[] = [];
  const problems: RuleSetProblem[] = [];
  for (const [index, { name, when, then, mandatory, reason, score }] of document.rules.entries()) {
    const compiled = compile(when);
    if ('message' in compiled) problems.push({ path: ['rules', index, 'when'], rule: name, ...compiled });
    else rules.push({ name, then, isMandatory: mandatory === true, reason, score, ...compiled });
  }
  if (problems.length > 0) return { problems };
  const steps = rules.reduce((sum, rule) => sum + rule.steps, 0);
  if (steps > STEPS_MAX) {
    const message = `the conditions take up to ${steps} steps for an attempt, at most ${STEPS_MAX} are allowed`;
    return { problems: [{ path: ['rules'], message }] };
  }
  const content = toCanonicalText(written);
  return {
    ruleSet: {
      document,
      content,
      version: createHash('sha256').update(content, 'utf8').digest('hex'),
      rules,
      features: toNamedFeatures(document, rules),
      constants: toConstants(document),
    },
  };
}

/**
 * Canonical JSON (RFC 8785). What is written differently but says the same, in YAML or JSON, with keys in another
 * order, is one text; what the schema fills in is not part of it, so that a version outlives new optional fields.
 */
export function toCanonicalText(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON values have a canonical text');
  return text;
}

function toNamedFeatures(document: RuleSetDocument, rules: readonly CompiledRule[]): NamedFeature[] {
  const measured = new Map(document.velocity.map((definition) => [definition.name, velocityFeature(definition)]));
  const features = rules.flatMap((rule) => rule.features);
  const named = new Map(features.map(({ group, name }) => [`${group}.${name}`, { group, name }]));
  return [...named].map(([feature, { group, name }]) => {
    if (group === 'velocity') return { group, name, recordedAs: recordedAs(measured.get(name)!, feature), isInt: true };
    const { type } = (FEATURES as Readonly<Record<string, { type: FeatureType }>>)[feature]!;
    return { group, name, recordedAs: [feature], isInt: type === 'int' };
  });
}

/**
 * Velocities are recorded by what they measure; snapshots from before there was more than counts have them by the
 * document's name, unless that is how something else is recorded.
 */
function recordedAs(measured: string, feature: string): string[] {
  return /^velocity\.(?:count|sum|distinct[A-Z][a-z]+)By[A-Z][a-z]+\d+s$/.test(feature)
    ? [measured]
    : [measured, feature];
}

function toConstants(document: RuleSetDocument): ConditionContext {
  return {
    limits: Object.fromEntries(document.velocity.map(({ name, limit }) => [name, BigInt(limit)])),
    parameters: Object.fromEntries(
      Object.entries(document.parameters).map(([name, value]) => [name, toParameter(value)]),
    ),
  };
}

function toParameter(value: ParameterValue): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return new Map(Object.entries(value).map(([key, entry]) => [key, BigInt(entry)]));
}
