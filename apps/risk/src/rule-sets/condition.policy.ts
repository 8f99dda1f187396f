import { Environment, type ASTNode, type SourceRange } from '@marcbachmann/cel-js';
import { FEATURES, type FeatureType, rememberedKindOf } from '../features/feature.policy.ts';
import { needsOf } from './condition-needs.policy.ts';
import { toOutcome } from './condition-outcome.policy.ts';
import { loopOf, stepCounter } from './condition-steps.policy.ts';
import { toConditionText } from './condition-text.policy.ts';
import { childrenOf } from './condition-tree.policy.ts';
import { distinctChecker } from './distinct-use.policy.ts';
import type {
  CompiledRule,
  ConditionContext,
  FeatureReference,
  ParameterValue,
  RuleSetDocument,
} from './rule-set.types.ts';

/** Size and depth of one condition: far above what people write, far below what costs time. */
const CONDITION_LIMITS = {
  maxAstNodes: 500,
  maxDepth: 32,
  maxListElements: 200,
  maxMapEntries: 200,
  maxCallArguments: 8,
} as const;

/** Of a part of a condition, in which every operator is in parentheses. */
const PART_LIMITS = { ...CONDITION_LIMITS, maxAstNodes: 1_000, maxDepth: 128 } as const;

/**
 * The functions that there are. Of CEL's others some have no bound in time (regular expressions) or in memory (`bind`,
 * `map`, `split`), some step around the type check (`dyn`), and what a time zone means changes from year to year.
 */
const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['has', 'size', 'startsWith', 'endsWith', 'contains', 'indexOf', 'lastIndexOf', 'substring'],
  ...['lowerAscii', 'upperAscii', 'trim', 'bool', 'int', 'double', 'string', 'all', 'exists', 'exists_one'],
]);

/** Groups that hold constants of the document: what they name is never missing. */
const CONSTANT_GROUPS: ReadonlySet<string> = new Set(['limits', 'parameters']);

type Declarations = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What of a rule comes from its condition. */
export type CompiledCondition = Pick<
  CompiledRule,
  'condition' | 'outcome' | 'features' | 'needs' | 'counters' | 'steps'
>;

/** Why a condition cannot be used, and where in it, counted in characters from 1. */
export interface ConditionProblem {
  readonly message: string;
  readonly character: number;
}

/** Compiles conditions of one document: the names they may use are its own and the declared features. */
export function conditionCompiler(document: RuleSetDocument): (when: string) => CompiledCondition | ConditionProblem {
  const declarations = declare(document);
  const environment = toEnvironment(declarations, CONDITION_LIMITS);
  const parts = toEnvironment(declarations, PART_LIMITS);
  const permissions = {
    declarations,
    checkDistinct: distinctChecker(document),
    countSteps: stepCounter(document),
    counters: new Set(countersOf(document)),
  };
  return (when) => compileCondition({ environment, parts }, permissions, when);
}

/** Counters of which the document says that they may not be unknown: declared by it, or known of a card or a customer. */
function countersOf({ velocity, history }: RuleSetDocument): string[] {
  const declared = velocity.flatMap(({ name, whenUnknown }) => (whenUnknown === 'review' ? [`velocity.${name}`] : []));
  const remembered = Object.keys(FEATURES).filter((feature) => {
    const kind = rememberedKindOf(feature);
    return kind !== undefined && history[kind]?.whenUnknown === 'review';
  });
  return [...declared, ...remembered];
}

/** Groups of names that conditions may use, each name with its CEL type. */
function declare(document: RuleSetDocument): Declarations {
  const groups: Record<string, Record<string, string>> = { velocity: {}, limits: {}, parameters: {} };
  for (const [feature, { type }] of Object.entries(FEATURES)) {
    const dot = feature.indexOf('.');
    (groups[feature.slice(0, dot)] ??= {})[feature.slice(dot + 1)] = type;
  }
  for (const { name } of document.velocity) {
    groups['velocity']![name] = 'int' satisfies FeatureType;
    groups['limits']![name] = 'int' satisfies FeatureType;
  }
  for (const [name, value] of Object.entries(document.parameters)) groups['parameters']![name] = parameterType(value);
  return groups;
}

function parameterType(value: ParameterValue): string {
  if (typeof value === 'number') return 'int';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return Array.isArray(value) ? 'list<string>' : 'map<string, int>';
}

/** What conditions of one document may say. */
interface Permissions {
  readonly declarations: Declarations;
  readonly checkDistinct: ReturnType<typeof distinctChecker>;
  readonly countSteps: ReturnType<typeof stepCounter>;
  /** Those that must not be unknown. */
  readonly counters: ReadonlySet<string>;
}

/** Reads conditions, and parts of those that it has read. */
interface Readers {
  readonly environment: Environment;
  readonly parts: Environment;
}

function toEnvironment(declarations: Declarations, limits: typeof CONDITION_LIMITS | typeof PART_LIMITS): Environment {
  const environment = new Environment({ limits });
  for (const [name, schema] of Object.entries(declarations)) environment.registerVariable({ name, schema });
  return environment;
}

function compileCondition(
  { environment, parts }: Readers,
  permissions: Permissions,
  when: string,
): CompiledCondition | ConditionProblem {
  try {
    const parsed = environment.parse(when);
    const result = parsed.check();
    if (result.error !== undefined) throw result.error;
    if (result.type !== 'bool') return { message: `true or false expected, but this is ${result.type}`, character: 1 };
    const refusal = findRefusal(parsed.ast, permissions);
    if (refusal !== undefined) return { message: refusal.message, character: refusal.range.start + 1 };
    const isFeature = (group: string): boolean => isFeatureGroup(permissions.declarations, group);
    const features = featuresOf(parsed.ast, isFeature);
    const { counters } = permissions;
    return {
      condition: (context: ConditionContext) => parsed(context),
      outcome: toOutcome(
        parsed.ast,
        (part) => (part === parsed.ast ? parsed : parts.parse(toConditionText(part))),
        isFeature,
      ),
      features: features.map(toReference),
      needs: needsOf(parsed.ast, isFeature)
        .filter((feature) => !counters.has(feature))
        .map(toReference),
      counters: features.filter((feature) => counters.has(feature)).map(toReference),
      steps: permissions.countSteps(parsed.ast),
    };
  } catch (error) {
    if (!isConditionError(error)) throw error;
    return { message: error.summary, character: (error.range?.start ?? 0) + 1 };
  }
}

/** ParseError and TypeError of cel-js, which share what matters here. */
function isConditionError(error: unknown): error is Error & { summary: string; range?: SourceRange } {
  return error instanceof Error && 'summary' in error && typeof error.summary === 'string';
}

/**
 * What the type check lets pass: functions that rules do not have, loops of unknown length, `has(group.name)` of a name
 * that nobody declared, and ways to a feature or a constant around its name (`order["amountMinor"]`, a loop's variable
 * called `limits`): who reads a condition, and who decides whether all it needs is there, has to see what it is about.
 */
function findRefusal(
  node: ASTNode,
  permissions: Permissions,
  parent?: ASTNode,
): { message: string; range: SourceRange } | undefined {
  const { declarations, checkDistinct } = permissions;
  if ((node.op === 'call' || node.op === 'rcall') && !FUNCTIONS.has(node.args[0])) {
    return { message: `the function ${node.args[0]} is not available in rules`, range: node.range };
  }
  const list = loopOf(node)?.list;
  if (list !== undefined && list.op !== 'list' && (list.op !== '.' || list.args[0].op !== 'id')) {
    return { message: 'a loop goes through a list that has a name or is written out', range: list.range };
  }
  if (node.op === '.' && node.args[0].op === 'id') {
    const [object, name] = node.args;
    const group = Object.hasOwn(declarations, object.args) ? declarations[object.args] : undefined;
    if (group !== undefined && !Object.hasOwn(group, name)) {
      return { message: `unknown name: ${object.args}.${name}`, range: node.range };
    }
  }
  if (node.op === 'id' && parent?.op !== '.' && Object.hasOwn(declarations, node.args)) {
    return { message: `features are named one by one, as in ${node.args}.<name>`, range: node.range };
  }
  const misuse = checkDistinct(node, parent);
  if (misuse !== undefined) return misuse;
  for (const child of childrenOf(node)) {
    const refusal = findRefusal(child, permissions, node);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function isFeatureGroup(declarations: Declarations, group: string): boolean {
  return Object.hasOwn(declarations, group) && !CONSTANT_GROUPS.has(group);
}

/** Every feature that the condition names, in the order of the names. */
function featuresOf(node: ASTNode, isFeature: (group: string) => boolean): string[] {
  const named = new Set<string>();
  const visit = (part: ASTNode): void => {
    if (part.op === '.' && part.args[0].op === 'id' && isFeature(part.args[0].args)) {
      named.add(`${part.args[0].args}.${part.args[1]}`);
    }
    childrenOf(part).forEach(visit);
  };
  visit(node);
  return [...named].toSorted();
}

function toReference(feature: string): FeatureReference {
  const dot = feature.indexOf('.');
  return { group: feature.slice(0, dot), name: feature.slice(dot + 1) };
}
