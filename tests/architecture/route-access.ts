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
  /** As in a request line, parameters in braces. */
  method: string;
  path: string;
  /** The scopes of which one is enough; none when no key is asked for. */
  scopes: string[];
}

/** The routes of all controllers. Decorators composed in a `*.decorator.ts` count as what they are composed of. */
export function findRoutes(files: readonly SourceFile[]): Route[] {
  const composed = new Map(files.filter(({ path }) => path.endsWith('.decorator.ts')).flatMap(readComposedDecorators));
  return files
    .filter(({ path }) => path.endsWith('.controller.ts'))
    .flatMap((file) =>
      findMethods(file).map(({ name, base, decorators }) => ({ name, base, parts: expand(decorators, composed) })),
    )
    .flatMap(({ name, base, parts }) => {
      const route = parts.find(({ callee }) => ROUTE_DECORATORS.has(callee));
      if (route === undefined) return [];
      const access = parts.find(isAccess);
      const scopes = access?.callee === 'RequireScope' ? access.texts : [];
      const method = route.callee === 'Sse' ? 'GET' : route.callee.toUpperCase();
      return [{ name, saysWhoMayCall: access !== undefined, method, path: toPath(base, route.texts[0]), scopes }];
    });
}

/** `v1/things` and `:id/parts` are `/v1/things/{id}/parts`. */
function toPath(...parts: (string | undefined)[]): string {
  const path = parts.filter((part) => part !== undefined && part !== '' && part !== '/').join('/');
  return `/${path.replace(/^\//, '')}`.replaceAll(/[:*](\w+)/g, '{$1}');
}

interface Call {
  callee: string;
  firstArgument: string;
  /** The arguments that are plain texts. */
  texts: string[];
}

function isAccess({ callee, firstArgument }: Call): boolean {
  return ACCESS_DECORATORS.has(callee) && firstArgument !== '' && firstArgument !== "''";
}

function expand(decorators: Call[], composed: ReadonlyMap<string, Call[]>): Call[] {
  return decorators.flatMap((each) => [each, ...(composed.get(each.callee) ?? [])]);
}

function findMethods({ path, text }: SourceFile): { name: string; base: string | undefined; decorators: Call[] }[] {
  const found: { name: string; base: string | undefined; decorators: Call[] }[] = [];
  for (const statement of parse(path, text).statements) {
    if (!ts.isClassDeclaration(statement)) continue;
    const onClass = (ts.getDecorators(statement) ?? []).flatMap(({ expression }) => toCall(expression));
    const base = onClass.find(({ callee }) => callee === 'Controller')?.texts[0];
    for (const member of statement.members) {
      if (!ts.isMethodDeclaration(member)) continue;
      const decorators = (ts.getDecorators(member) ?? []).flatMap(({ expression }) => toCall(expression));
      found.push({ name: `${path} ${statement.name?.text ?? 'class'}.${member.name.getText()}`, base, decorators });
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
  const texts = node.arguments.filter((argument) => ts.isStringLiteralLike(argument)).map(({ text }) => text);
  return [{ callee: node.expression.getText(), firstArgument: node.arguments[0]?.getText() ?? '', texts }];
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}
