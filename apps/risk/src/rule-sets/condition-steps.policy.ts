import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './condition-tree.policy.ts';
import type { RuleSetDocument } from './rule-set.types.ts';

/**
 * Elementary steps that the conditions of one set may take together for one attempt: ten lists of ten thousand entries
 * looked through, or milliseconds. Shadows and backtests share the process with the set that decides.
 */
export const STEPS_MAX = 100_000;

/** Functions that go through a list, with an expression for each of its entries. */
const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one']);

/**
 * Counts the steps that a condition takes at most: one for each part of it, for each entry of a list that it looks
 * through, and as often as loops repeat them.
 */
export function stepCounter({ parameters }: Pick<RuleSetDocument, 'parameters'>): (condition: ASTNode) => number {
  /** Entries of a list or a map, characters of a text; one of what has no length. */
  const lengthOf = (node: ASTNode, parent: ASTNode | undefined): number => {
    if (node.op === 'list') return node.args.length;
    if (node.op !== '.' || node.args[0].op !== 'id' || node.args[0].args !== 'parameters') return 1;
    const value = parameters[node.args[1]];
    if (typeof value === 'string' || Array.isArray(value)) return value.length;
    // A key of a map is found without looking through it.
    const isLookedUp = parent?.op === '[]' || parent?.op === 'in';
    return typeof value === 'object' && !isLookedUp ? Object.keys(value).length : 1;
  };
  const count = (node: ASTNode, parent?: ASTNode): number => {
    const loop = loopOf(node);
    if (loop !== undefined) {
      return count(loop.list, node) + lengthOf(loop.list, node) * (1 + count(loop.body, node));
    }
    // A sum of lists or texts is copied with each operand that is added to it.
    if (node.op === '+') {
      const operands = operandsOf(node);
      return operands.length * operands.reduce((total, operand) => total + count(operand, node), 1);
    }
    return childrenOf(node).reduce((total, child) => total + count(child, node), Math.max(1, lengthOf(node, parent)));
  };
  return (condition) => count(condition);
}

/** The parts of a loop; undefined for anything else. */
export function loopOf(node: ASTNode): { readonly list: ASTNode; readonly body: ASTNode } | undefined {
  if (node.op !== 'rcall' || !LOOPS.has(node.args[0])) return undefined;
  const [, list, [, body]] = node.args;
  return body === undefined ? undefined : { list, body };
}

function operandsOf(node: ASTNode): ASTNode[] {
  return node.op === '+' ? (node.args as readonly ASTNode[]).flatMap(operandsOf) : [node];
}
