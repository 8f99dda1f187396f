import { EvaluationError, type ASTNode } from '@marcbachmann/cel-js';
import type { ConditionContext, ConditionOutcome } from './rule-set.types.ts';

/** Code of cel-js's error for a value that is not there. */
const ABSENT = 'no_such_key';
/** Where something else than an evaluation went wrong. */
const FAILED = 'evaluation-failed';

type Outcome = (context: ConditionContext) => ConditionOutcome;
type Evaluate = (context: ConditionContext) => unknown;

/**
 * What a condition says where some value is not there. cel-js has one error for a feature that is not known, which keeps
 * a rule from holding, and for a key that a parameter lacks, which nobody has thought of and a person has to look at; and
 * of two errors it tells one. So each part is evaluated by itself, the parts are put together as CEL does, and of an
 * error counts what it is about.
 * @param compile of a part without `&&`, `||`, `!` or `?:`, ready to be evaluated by itself
 */
export function toOutcome(
  node: ASTNode,
  compile: (part: ASTNode) => Evaluate,
  isFeature: (group: string) => boolean,
): Outcome {
  const of = (part: ASTNode): Outcome => toOutcome(part, compile, isFeature);
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = [of(node.args[0]), of(node.args[1])];
    const settles = node.op === '||';
    return (context) => combine(left(context), right(context), settles);
  }
  if (node.op === '!_') {
    const negated = of(node.args);
    return (context) => {
      const outcome = negated(context);
      return typeof outcome === 'boolean' ? !outcome : outcome;
    };
  }
  if (node.op === '?:') {
    const [asked, yes, no] = [of(node.args[0]), of(node.args[1]), of(node.args[2])];
    return (context) => {
      const outcome = asked(context);
      return typeof outcome === 'boolean' ? (outcome ? yes : no)(context) : outcome;
    };
  }
  return toPartOutcome(compile(node), isFeature);
}

/** Either side may settle it alone; of two that do not, a failure is told. */
function combine(left: ConditionOutcome, right: ConditionOutcome, settles: boolean): ConditionOutcome {
  if (left === settles || right === settles) return settles;
  // As in cel-js, which evaluates both and throws the second one's.
  if (typeof right === 'object') return right;
  if (typeof left === 'object') return left;
  return left === 'unknown' || right === 'unknown' ? 'unknown' : !settles;
}

function toPartOutcome(evaluate: Evaluate, isFeature: (group: string) => boolean): Outcome {
  return (context) => {
    try {
      return evaluate(context) === true;
    } catch (error) {
      // Also what the library itself trips over: an error of any kind asks for a review and stops no other attempt.
      if (!(error instanceof EvaluationError)) return { error: FAILED };
      return error.code === ABSENT && namesFeature(error, isFeature) ? 'unknown' : { error: error.code };
    }
  };
}

function namesFeature({ node }: EvaluationError, isFeature: (group: string) => boolean): boolean {
  if (node === undefined || !('op' in node) || node.op !== '.') return false;
  const [group] = node.args;
  return group.op === 'id' && isFeature(group.args);
}
