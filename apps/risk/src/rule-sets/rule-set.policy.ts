import { createHash } from 'node:crypto';
import { Environment, EvaluationError, type ASTNode, type SourceRange } from '@marcbachmann/cel-js';
import type { RuleEvaluation } from '@tollgate/contracts';
import { FEATURES, type FeatureSnapshot, type FeatureType } from './feature.policy.ts';
import type {
  CompiledRule,
  ConditionContext,
  ParameterValue,
  RuleHit,
  RuleSet,
  RuleSetDocument,
  RuleSetProblem,
  Verdict,
} from './rule-set.types.ts';

/** Size and depth of one condition: far above what people write, far below what costs time. */
const CONDITION_LIMITS = {
  maxAstNodes: 500,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 8,
} as const;

/** A regular expression's time has no bound here, and `dyn` would step around the type check. */
const REFUSED_FUNCTIONS: ReadonlySet<string> = new Set(['matches', 'dyn']);

/** Code of cel-js's error for a value that is not there. */
const ABSENT = 'no_such_key';

type Declarations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Either a rule set that is ready to decide, or every problem that keeps the document from being one. */
export type Compilation = { readonly ruleSet: RuleSet } | { readonly problems: readonly RuleSetProblem[] };

/**
 * Parses and type-checks every condition against the declared features. Conditions are written in CEL
 * (https://cel.dev): no loops without bound, no side effects, no clock, so that a decision can be computed again.
 */
export function compileRuleSet(document: RuleSetDocument): Compilation {
  const declarations = declare(document);
  const environment = toEnvironment(declarations);
  const rules: CompiledRule[] = [];
  const problems: RuleSetProblem[] = [];
  for (const [index, { id, when, decision, reason }] of document.rules.entries()) {
    const compiled = compileCondition(environment, declarations, when);
    if ('message' in compiled) problems.push({ path: ['rules', index, 'when'], rule: id, ...compiled });
    else rules.push({ id, decision, reason, condition: compiled.condition });
  }
  if (problems.length > 0) return { problems };
  return { ruleSet: { document, digest: digestOf(document), rules, constants: toConstants(document) } };
}

/**
 * Evaluates all rules; the first that holds, in the order of the document, decides, and without one the document's
 * default does. A condition that needs a value which is not there does not hold (CEL: `||` still holds by its other
 * side, and `has()` asks). A condition that fails otherwise, by overflow or a division by zero, counts as a hit that
 * asks for a review: an error never approves.
 */
export function evaluate(ruleSet: RuleSet, features: FeatureSnapshot): Verdict {
  const context = { ...ruleSet.constants, ...toConditionContext(features) };
  const hits = withoutStackTraces(() =>
    ruleSet.rules.map((rule) => toHit(rule, context)).filter((hit) => hit !== undefined),
  );
  const { decision, reason } = hits[0] ?? ruleSet.document.default;
  return { decision, reason, hits };
}

/** What a Decision records of an evaluation, so that it can be computed again. */
export function toRuleEvaluation(ruleSet: RuleSet, features: FeatureSnapshot, verdict: Verdict): RuleEvaluation {
  const { name, version } = ruleSet.document;
  return { ruleSet: name, version, digest: ruleSet.digest, hits: [...verdict.hits], features };
}

function toHit(rule: CompiledRule, context: ConditionContext): RuleHit | undefined {
  const { id, decision, reason } = rule;
  try {
    return rule.condition(context) === true ? { rule: id, decision, reason } : undefined;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return error.code === ABSENT ? undefined : { rule: id, decision: 'REVIEW', reason: 'review-required' };
  }
}

/**
 * cel-js says by an exception that a value is absent, which is the ordinary case here; writing a stack trace for each
 * made an evaluation six times slower.
 */
function withoutStackTraces<Result>(work: () => Result): Result {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = before;
  }
}

/** Groups of names that conditions may use, each name with its CEL type. */
function declare(document: RuleSetDocument): Declarations {
  const groups: Record<string, Record<string, string>> = { velocity: {}, limits: {}, parameters: {} };
  for (const [feature, { type }] of Object.entries(FEATURES)) {
    const [group, name] = splitFeature(feature);
    (groups[group] ??= {})[name] = type;
  }
  for (const { name } of document.velocity) {
    groups['velocity']![name] = 'int' satisfies FeatureType;
    groups['limits']![name] = 'int' satisfies FeatureType;
  }
  for (const [name, value] of Object.entries(document.parameters)) groups['parameters']![name] = parameterType(value);
  return groups;
}

function toEnvironment(declarations: Declarations): Environment {
  const environment = new Environment({ limits: CONDITION_LIMITS });
  for (const [name, schema] of Object.entries(declarations)) environment.registerVariable({ name, schema });
  return environment;
}

function compileCondition(
  environment: Environment,
  declarations: Declarations,
  when: string,
): { condition: CompiledRule['condition'] } | { message: string; character: number } {
  try {
    const parsed = environment.parse(when);
    const result = parsed.check();
    if (result.error !== undefined) throw result.error;
    if (result.type !== 'bool') return { message: `true or false expected, but this is ${result.type}`, character: 1 };
    const refusal = findRefusal(parsed.ast, declarations);
    if (refusal !== undefined) return { message: refusal.message, character: refusal.range.start + 1 };
    return { condition: (context) => parsed(context) };
  } catch (error) {
    if (!isConditionError(error)) throw error;
    return { message: error.summary, character: (error.range?.start ?? 0) + 1 };
  }
}

/** ParseError and TypeError of cel-js, which share what matters here. */
function isConditionError(error: unknown): error is Error & { summary: string; range?: SourceRange } {
  return error instanceof Error && 'summary' in error && typeof error.summary === 'string';
}

/** What the type check lets pass: functions refused here, and `has(group.name)` of a name that nobody declared. */
function findRefusal(node: ASTNode, declarations: Declarations): { message: string; range: SourceRange } | undefined {
  if ((node.op === 'call' || node.op === 'rcall') && REFUSED_FUNCTIONS.has(node.args[0])) {
    return { message: `the function ${node.args[0]} is not available in rules`, range: node.range };
  }
  if (node.op === '.' && node.args[0].op === 'id') {
    const [object, name] = node.args;
    const group = Object.hasOwn(declarations, object.args) ? declarations[object.args] : undefined;
    if (group !== undefined && !Object.hasOwn(group, name)) {
      return { message: `unknown name: ${object.args}.${name}`, range: node.range };
    }
  }
  for (const child of childrenOf(node)) {
    const refusal = findRefusal(child, declarations);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function childrenOf(node: ASTNode): ASTNode[] {
  const parts: unknown[] = Array.isArray(node.args) ? node.args.flat(2) : [node.args];
  return parts.filter((part): part is ASTNode => typeof part === 'object' && part !== null && 'op' in part);
}

function toConstants(document: RuleSetDocument): ConditionContext {
  return {
    limits: Object.fromEntries(document.velocity.map(({ name, limit }) => [name, BigInt(limit)])),
    parameters: Object.fromEntries(
      Object.entries(document.parameters).map(([name, value]) => [name, toParameter(value)]),
    ),
  };
}

function parameterType(value: ParameterValue): string {
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? 'list<string>' : 'map<string, int>';
}

function toParameter(value: ParameterValue): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return new Map(Object.entries(value).map(([key, entry]) => [key, BigInt(entry)]));
}

/** Features by group, without the absent ones; integers as CEL has them. */
function toConditionContext(features: FeatureSnapshot): ConditionContext {
  const context: Record<string, Record<string, unknown>> = { velocity: {} };
  for (const [feature, value] of Object.entries(features)) {
    const [group, name] = splitFeature(feature);
    const values = (context[group] ??= {});
    if (value === null) continue;
    const isInt = typeof value === 'number' || (FEATURES as Record<string, { type: string }>)[feature]?.type === 'int';
    values[name] = isInt ? BigInt(value as number | string) : value;
  }
  return context;
}

function splitFeature(feature: string): [group: string, name: string] {
  const dot = feature.indexOf('.');
  return [feature.slice(0, dot), feature.slice(dot + 1)];
}

function digestOf(document: RuleSetDocument): string {
  return createHash('sha256').update(canonicalJson(document)).digest('hex');
}

/** JSON with the keys of every object in order: what is written differently but says the same has the same digest. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, entry: unknown) =>
    typeof entry === 'object' && entry !== null && !Array.isArray(entry)
      ? Object.fromEntries(Object.entries(entry).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : entry,
  );
}
