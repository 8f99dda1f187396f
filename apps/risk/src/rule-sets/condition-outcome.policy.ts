import { EvaluationError, type ASTNode } from '@marcbachmann/cel-js';
import type { ConditionContext, ConditionOutcome, FeatureReference } from './rule-set.types.ts';

/** Code of cel-js's error for a value that is not there. */
const ABSENT = 'no_such_key';
/** Where something else than an evaluation went wrong. */
const FAILED = 'evaluation-failed';

type Outcome = (context: ConditionContext) => ConditionOutcome;

/** A part of a condition without `&&`, `||` or `!`, ready to be evaluated by itself. */
export interface ConditionPart {
  readonly evaluate: (context: ConditionContext) => unknown;
  readonly features: readonly FeatureReference[];
}

/**
 * What a condition says where some value is not there. cel-js has one error for a feature that is not known, which keeps
 * a rule from holding, and for a key that a parameter lacks, which nobody has thought of and a person has to look at; and
 * of two errors it tells one. So each part is evaluated by itself, and the parts are put together as CEL does.
 */
export function toOutcome(node: ASTNode, compile: (part: ASTNode) => ConditionPart): Outcome {
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = [toOutcome(node.args[0], compile), toOutcome(node.args[1], compile)];
    const settles = node.op === '||';
    return (context) => combine(left(context), right(context), settles);
  }
  if (node.op === '!_') {
    const negated = toOutcome(node.args, compile);
    return (context) => {
      const outcome = negated(context);
      return typeof outcome === 'boolean' ? !outcome : outcome;
    };
  }
  return toPartOutcome(compile(node));
}

/** Either side may settle it alone; of two that do not, a failure is told. */
function combine(left: ConditionOutcome, right: ConditionOutcome, settles: boolean): ConditionOutcome {
  if (left === settles || right === settles) return settles;
  // As in cel-js, which evaluates both and throws the second one's.
  if (typeof right === 'object') return right;
  if (typeof left === 'object') return left;
  return left === 'unknown' || right === 'unknown' ? 'unknown' : !settles;
}

function toPartOutcome({ evaluate, features }: ConditionPart): Outcome {
  return (context) => {
    try {
      return evaluate(context) === true;
    } catch (error) {
      // Also what the library itself trips over: an error of any kind asks for a review and stops no other attempt.
      if (!(error instanceof EvaluationError)) return { error: FAILED };
      const lacksFeature = features.some(({ group, name }) => context[group]![name] === undefined);
      return error.code === ABSENT && lacksFeature ? 'unknown' : { error: error.code };
    }
  };
}
