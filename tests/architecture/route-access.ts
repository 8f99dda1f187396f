import ts from 'typescript';

import type { SourceFile } from './source-files.ts';

const ROUTE_DECORATORS = new Set(['Get', 'Post', 'Put', 'Patch', 'Delete', 'All', 'Head', 'Options', 'Sse']);
/** What says who may call a route; the first argument is a scope, or the reason why no key is asked for. */
const ACCESS_DECORATORS = new Set(['RequireScope', 'OpenRoute']);

/** A method that answers HTTP requests. */
export interface Route {
  /** `path/of/the.controller.ts Class.method` */
  name: string;
  /** It carries a scope or the reason why it is open. */
  saysWhoMayCall: boolean;
}

/** The routes of all controllers. Decorators composed in a `*.decorator.ts` count as what they are composed of. */
export function findRoutes(files: readonly SourceFile[]): Route[] {
  const composed = new Map(files.filter(({ path }) => path.endsWith('.decorator.ts')).flatMap(readComposedDecorators));
  return files
    .filter(({ path }) => path.endsWith('.controller.ts'))
    .flatMap((file) => findMethods(file).map(({ name, decorators }) => ({ name, parts: expand(decorators, composed) })))
    .filter(({ parts }) => parts.some(({ callee }) => ROUTE_DECORATORS.has(callee)))
    .map(({ name, parts }) => ({ name, saysWhoMayCall: parts.some(isAccess) }));
}

interface Call {
  callee: string;
  firstArgument: string;
}

function isAccess({ callee, firstArgument }: Call): boolean {
  return ACCESS_DECORATORS.has(callee) && firstArgument !== '' && firstArgument !== "''";
}

function expand(decorators: Call[], composed: ReadonlyMap<string, Call[]>): Call[] {
  return decorators.flatMap((each) => [each, ...(composed.get(each.callee) ?? [])]);
}

function findMethods({ path, text }: SourceFile): { name: string; decorators: Call[] }[] {
  const found: { name: string; decorators: Call[] }[] = [];
  for (const statement of parse(path, text).statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (!ts.isMethodDeclaration(member)) continue;
      const decorators = (ts.getDecorators(member) ?? []).flatMap(({ expression }) => toCall(expression));
      found.push({ name: `${path} ${statement.name?.text ?? 'class'}.${member.name.getText()}`, decorators });
    }
  }
  return found;
}

/** By the name of each exported function of a decorator file, every call in its body. */
function readComposedDecorators({ path, text }: SourceFile): [name: string, calls: Call[]][] {
  return parse(path, text).statements.flatMap((statement): [string, Call[]][] => {
    if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) return [];
    const calls: Call[] = [];
    const visit = (node: ts.Node): void => {
      calls.push(...toCall(node));
      ts.forEachChild(node, visit);
    };
    visit(statement);
    return [[statement.name.text, calls]];
  });
}

function toCall(node: ts.Node): Call[] {
  if (!ts.isCallExpression(node)) return [];
  return [{ callee: node.expression.getText(), firstArgument: node.arguments[0]?.getText() ?? '' }];
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}
