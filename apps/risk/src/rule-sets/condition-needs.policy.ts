import type { ASTNode } from '@marcbachmann/cel-js';

/** Features without which an expression cannot be true, and those without which it cannot be false. */
interface Needs {
  readonly toBeTrue: ReadonlySet<string>;
  readonly toBeFalse: ReadonlySet<string>;
}

/** Operators that need both sides, and fail in no other way than by a value that is not there. */
const STRICT: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);
const STRICT_FUNCTIONS: ReadonlySet<string> = new Set(['startsWith', 'endsWith', 'contains', 'size']);

/** Thrown at the first operator that can fail otherwise: nothing is said about such a condition. */
class NotTold extends Error {}

/**
 * Features of which each has to be known for the condition to hold. Where one is not, the condition need not be
 * evaluated: finding that out by cel-js's exceptions costs ten times more than the evaluation. CEL's `&&` and `||` are
 * commutative about errors: one side may decide although the other fails.
 * @returns none where that cannot be told: arithmetic can also fail by overflow, which must not go unnoticed
 */
export function needsOf(node: ASTNode, isFeature: (group: string) => boolean): readonly string[] {
  try {
    return [...visit(node, isFeature).toBeTrue].toSorted();
  } catch (error) {
    if (error instanceof NotTold) return [];
    throw error;
  }
}

function visit(node: ASTNode, isFeature: (group: string) => boolean): Needs {
  const of = (child: ASTNode): Needs => visit(child, isFeature);
  if (node.op === '&&' || node.op === '||') {
    const [left, right] = [of(node.args[0]), of(node.args[1])];
    return node.op === '&&'
      ? {
          toBeTrue: union(left.toBeTrue, right.toBeTrue),
          toBeFalse: intersection(left.toBeFalse, right.toBeFalse),
        }
      : {
          toBeTrue: intersection(left.toBeTrue, right.toBeTrue),
          toBeFalse: union(left.toBeFalse, right.toBeFalse),
        };
  }
  if (node.op === '!_') {
    const { toBeTrue, toBeFalse } = of(node.args);
    return { toBeTrue: toBeFalse, toBeFalse: toBeTrue };
  }
  const needed = strictNeeds(node, of, isFeature);
  return { toBeTrue: needed, toBeFalse: needed };
}

/** Of what has no value at all while one of these is not known. */
function strictNeeds(
  node: ASTNode,
  of: (child: ASTNode) => Needs,
  isFeature: (group: string) => boolean,
): ReadonlySet<string> {
  if (node.op === 'value') return new Set();
  if (node.op === '.' && node.args[0].op === 'id') {
    const group = node.args[0].args;
    return new Set(isFeature(group) ? [`${group}.${node.args[1]}`] : []);
  }
  return strictOperands(node)
    .map((operand) => {
      const { toBeTrue, toBeFalse } = of(operand);
      return intersection(toBeTrue, toBeFalse);
    })
    .reduce(union, new Set<string>());
}

/** @throws NotTold for any operator that is not known to be strict */
function strictOperands(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'list') return node.args;
  if (STRICT.has(node.op)) return node.args as readonly ASTNode[];
  if (node.op === 'call' && STRICT_FUNCTIONS.has(node.args[0])) return node.args[1];
  if (node.op === 'rcall' && STRICT_FUNCTIONS.has(node.args[0])) return [node.args[1], ...node.args[2]];
  throw new NotTold();
}

function union(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...some, ...others]);
}

function intersection(some: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...some].filter((name) => others.has(name)));
}
