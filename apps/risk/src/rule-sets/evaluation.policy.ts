import type { RuleEvaluation } from '@tollgate/contracts';
import type { FeatureSnapshot, FeatureValue } from '../features/feature.policy.ts';
import type {
  CompiledRule,
  ConditionContext,
  ConditionOutcome,
  FeatureReference,
  RuleHit,
  RuleSet,
  RuleSetDocument,
  Verdict,
} from './rule-set.types.ts';

/** A hit's `error` where the snapshot does not even say that a feature was looked for. */
const MISSING_FEATURE = 'missing-feature';
/** A hit's `error` where there is nothing to count by, and the rule set says that this may not be overlooked. */
const MISSING_COUNTER = 'missing-counter';
const REVIEW = { decision: 'REVIEW', reason: 'review-required' } as const;
const DECISIONS = { approve: 'APPROVE', review: 'REVIEW', abort: 'ABORT' } as const;

/**
 * Evaluates every rule and settles what they say together. Precedence, whatever the order in the document: a mandatory
 * abort, an approve ("allow"), an abort, a review, the sum of scores against the document's thresholds, the default.
 * Within one step the first rule in the document gives the reason. Every rule that holds is in `hits`, the overruled
 * too.
 *
 * A condition that needs a value which is not known (null) does not hold (CEL: `||` still holds by its other side, and
 * `has()` asks). A condition that fails otherwise, or needs a counter that is not known and may not be, or a feature that
 * the snapshot does not have at all, is a hit that asks for a review; while there is one, nothing approves.
 */
export function evaluate(ruleSet: RuleSet, features: FeatureSnapshot): Verdict {
  const { context, missing } = toConditionContext(ruleSet, features);
  const hits: RuleHit[] = [];
  const held: CompiledRule[] = [];
  withoutStackTraces(() => {
    for (const rule of ruleSet.rules) {
      const error =
        missing !== undefined && rule.features.some(({ group, name }) => missing.has(`${group}.${name}`))
          ? MISSING_FEATURE
          : holdOrFail(rule, context);
      if (error === false) continue;
      if (error === true) {
        held.push(rule);
        hits.push(toHit(rule));
      } else {
        hits.push({ rule: rule.name, ...REVIEW, error });
      }
    }
  });
  const score = held.reduce((sum, rule) => sum + (rule.score ?? 0), 0);
  const settled = settle(ruleSet.document, held, score);
  const isInDoubt = hits.length > held.length;
  return { ...(isInDoubt && settled.decision === 'APPROVE' ? REVIEW : settled), score, hits };
}

/** What a Decision records of an evaluation, so that it can be computed again. */
export function toRuleEvaluation(ruleSet: RuleSet, features: FeatureSnapshot, verdict: Verdict): RuleEvaluation {
  const { hits, score } = verdict;
  return {
    ruleSet: ruleSet.document.name,
    version: ruleSet.version,
    digest: ruleSet.version,
    hits: [...hits],
    ...(score === 0 ? {} : { score }),
    features,
  };
}

function settle(
  document: RuleSetDocument,
  held: readonly CompiledRule[],
  score: number,
): Pick<Verdict, 'decision' | 'reason'> {
  const first =
    held.find(({ then, isMandatory }) => then === 'abort' && isMandatory) ??
    held.find(({ then }) => then === 'approve') ??
    held.find(({ then }) => then === 'abort') ??
    held.find(({ then }) => then === 'review');
  if (first?.then !== undefined) return { decision: DECISIONS[first.then], reason: first.reason };
  const { abort, review } = document.scores;
  if (abort !== undefined && score >= abort) return { decision: 'ABORT', reason: 'score-reached' };
  if (review !== undefined && score >= review) return { decision: 'REVIEW', reason: 'score-reached' };
  return { decision: DECISIONS[document.default.then], reason: document.default.reason };
}

function toHit({ name, then, reason, score }: CompiledRule): RuleHit {
  const decision = then === undefined ? 'SCORE' : DECISIONS[then];
  return { rule: name, decision, reason, ...(score === undefined ? {} : { score }) };
}

/** Whether the condition holds, or a code for why that cannot be told. */
function holdOrFail(rule: CompiledRule, context: ConditionContext): boolean | string {
  const isAbsent = ({ group, name }: FeatureReference): boolean => context[group]![name] === undefined;
  for (const need of rule.needs) if (isAbsent(need)) return false;
  if (rule.counters.some(isAbsent)) return settleUnknown(rule.outcome(context), MISSING_COUNTER);
  try {
    return rule.condition(context) === true;
  } catch {
    // The ordinary case is a feature that is not known: such a rule does not hold.
    return settleUnknown(rule.outcome(context), false);
  }
}

function settleUnknown(outcome: ConditionOutcome, unknown: false | string): boolean | string {
  if (outcome === 'unknown') return unknown;
  return typeof outcome === 'object' ? outcome.error : outcome;
}

/**
 * cel-js says by an exception that a value is absent, which is the ordinary case here; writing a stack trace for each
 * made an evaluation six times slower.
 */
function withoutStackTraces(work: () => void): void {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/**
 * What conditions see: of each feature that some rule names its value, integers as CEL has them, without those that are
 * not known. `missing` are those that the snapshot does not have at all; undefined in the ordinary case, that none is.
 */
function toConditionContext(
  { constants, features: named }: RuleSet,
  features: FeatureSnapshot,
): { context: ConditionContext; missing: ReadonlySet<string> | undefined } {
  const context: Record<string, Record<string, unknown>> = {};
  let missing: Set<string> | undefined;
  for (const { group, name, recordedAs, isInt } of named) {
    const values = (context[group] ??= {});
    const value = recordedValue(features, recordedAs);
    if (value === undefined) (missing ??= new Set()).add(`${group}.${name}`);
    else if (value !== null) values[name] = isInt ? BigInt(value as number | string) : value;
  }
  return { context: { ...context, ...constants }, missing };
}

function recordedValue(features: FeatureSnapshot, keys: readonly string[]): FeatureValue | undefined {
  for (const key of keys) {
    const value = features[key];
    if (value !== undefined) return value;
  }
  return undefined;
}
