import type { ASTNode, SourceRange } from '@marcbachmann/cel-js';
import { VELOCITY_LIMITS } from '../velocity/velocity.schema.ts';
import type { RuleSetDocument } from './rule-set.types.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** What is wrong with the use of a distinct, and where. */
export interface DistinctMisuse {
  readonly message: string;
  readonly range: SourceRange;
}

/**
 * A distinct stops counting at {@link VELOCITY_LIMITS.distinct}. So that a full one decides as the true number would, it
 * may only be compared with whole numbers below that, or asked whether it is known: above, every such comparison is what
 * it is for the largest number.
 */
export function distinctChecker(
  document: RuleSetDocument,
): (node: ASTNode, parent: ASTNode | undefined) => DistinctMisuse | undefined {
  const distincts = new Set(document.velocity.filter(({ measure }) => measure === 'distinct').map(({ name }) => name));
  const limits = new Map(document.velocity.map(({ name, limit }) => [name, limit]));
  const constantOf = (node: ASTNode): number | undefined => {
    if (node.op === 'value') return typeof node.args === 'bigint' ? Number(node.args) : undefined;
    if (node.op !== '.' || node.args[0].op !== 'id') return undefined;
    const [{ args: group }, name] = node.args;
    const value =
      group === 'limits' ? limits.get(name) : group === 'parameters' ? document.parameters[name] : undefined;
    return typeof value === 'number' ? value : undefined;
  };
  return (node, parent) => {
    if (node.op !== '.' || node.args[0].op !== 'id' || node.args[0].args !== 'velocity') return undefined;
    if (!distincts.has(node.args[1]) || (parent?.op === 'call' && parent.args[0] === 'has')) return undefined;
    if (parent !== undefined && COMPARISONS.has(parent.op)) {
      const [left, right] = parent.args as readonly [ASTNode, ASTNode];
      const constant = constantOf(left === node ? right : left);
      if (constant !== undefined && constant < VELOCITY_LIMITS.distinct) return undefined;
    }
    return {
      message:
        `velocity.${node.args[1]} counts up to ${VELOCITY_LIMITS.distinct} different values: ` +
        `it can be compared with a whole number below that, and nothing else`,
      range: node.range,
    };
  };
}
