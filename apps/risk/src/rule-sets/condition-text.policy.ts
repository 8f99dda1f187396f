import { type ASTNode, serialize } from '@marcbachmann/cel-js';

/** A part of a condition as CEL, every operator in parentheses, so that it is read back as the same part. */
export function toConditionText(node: ASTNode): string {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'number' ? toDouble(node.args) : serialize(node);
    case 'id':
      return node.args;
    case '.':
      return `${toConditionText(node.args[0])}.${node.args[1]}`;
    case '[]':
      return `${toConditionText(node.args[0])}[${toConditionText(node.args[1])}]`;
    case 'list':
      return `[${toTexts(node.args)}]`;
    case 'map':
      return `{${node.args.map(([key, value]) => `${toConditionText(key)}: ${toConditionText(value)}`).join(', ')}}`;
    case 'call':
      return `${node.args[0]}(${toTexts(node.args[1])})`;
    case 'rcall':
      return `${toConditionText(node.args[1])}.${node.args[0]}(${toTexts(node.args[2])})`;
    case '?:': {
      const [condition, yes, no] = node.args.map(toConditionText);
      return `(${condition} ? ${yes} : ${no})`;
    }
    case '!_':
      return `!(${toConditionText(node.args)})`;
    case '-_':
      return `-(${toConditionText(node.args)})`;
    default:
      return `(${(node.args as readonly ASTNode[]).map(toConditionText).join(` ${node.op} `)})`;
  }
}

function toTexts(nodes: readonly ASTNode[]): string {
  return nodes.map(toConditionText).join(', ');
}

/** All its digits; serialize rounds. */
function toDouble(value: number): string {
  return Number.isInteger(value) && !/e/.test(String(value)) ? `${value}.0` : String(value);
}
