import { readFileSync } from 'node:fs';
import { isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { KnownError } from '@tollgate/contracts';
import { rememberedKindOf } from '../features/feature.policy.ts';
import { compileRuleSet } from './rule-set.policy.ts';
import { ruleSetDocument } from './rule-set.schema.ts';
import type { RuleSet, RuleSetDocument, RuleSetProblem } from './rule-set.types.ts';

/**
 * Reads a rule set from a YAML (or JSON) file.
 * @throws KnownError RULESET_INVALID naming every rule, line and character at fault
 */
export function loadRuleSet(file: string): RuleSet {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new KnownError('RULESET_INVALID', { detail: `The rule set ${file} cannot be read`, cause });
  }
  return parseRuleSet(text, file);
}

/** A set as the database keeps it. @throws KnownError RULESET_INVALID where another release wrote it */
export function readRuleSet(content: string, version: string): RuleSet {
  return parse(content, version, { isNew: false });
}

/** A new one from a text; `origin` is what errors call it. @throws KnownError RULESET_INVALID */
export function parseRuleSet(text: string, origin: string): RuleSet {
  return parse(text, origin, { isNew: true });
}

function parse(text: string, origin: string, { isNew }: { isNew: boolean }): RuleSet {
  const lines = new LineCounter();
  // The library's own check of keys compares each with every other: seconds, for a long map.
  const yaml = parseDocument(text, { lineCounter: lines, uniqueKeys: false, prettyErrors: false });
  const syntaxErrors = yaml.errors.map(({ message, pos }) => `${placeOf(lines, pos[0])}: ${message}`);
  if (syntaxErrors.length > 0) throw refuse(origin, syntaxErrors);
  const repeated = repeatedKeys(yaml).map((offset) => `${placeOf(lines, offset)}: Map keys must be unique`);
  if (repeated.length > 0) throw refuse(origin, repeated);

  const written = toPlainValue(yaml, origin);
  const read = ruleSetDocument.safeParse(written);
  if (!read.success) {
    throw refuse(
      origin,
      read.error.issues.map(({ path, message }) =>
        describe(yaml, lines, { path: path.map((key) => (typeof key === 'symbol' ? key.toString() : key)), message }),
      ),
    );
  }
  const compiled = compileRuleSet({ written, document: read.data });
  const problems = [
    ...(isNew ? findUnsaidOfVelocity(read.data) : []),
    ...('problems' in compiled ? compiled.problems : isNew ? findUnsaidOfHistory(compiled.ruleSet) : []),
  ];
  if ('problems' in compiled || problems.length > 0) {
    throw refuse(
      origin,
      problems.map((problem) => describe(yaml, lines, problem)),
    );
  }
  return compiled.ruleSet;
}

/** Where keys stand that their map has already. */
function repeatedKeys(yaml: Document): number[] {
  const repeated: number[] = [];
  visit(yaml, {
    Map(_key, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        const name = String(isScalar(key) ? key.value : key);
        if (seen.has(name)) repeated.push((isNode(key) ? key.range?.[0] : undefined) ?? 0);
        seen.add(name);
      }
    },
  });
  return repeated;
}

/** What every new document has to say, and those from before need not: a set means for ever what it meant. */
function findUnsaidOfVelocity({ velocity }: RuleSetDocument): RuleSetProblem[] {
  return velocity.flatMap(({ whenUnknown }, index): RuleSetProblem[] =>
    whenUnknown === undefined
      ? [
          {
            path: ['velocity', index, 'whenUnknown'],
            message: 'review or ignore: what becomes of an attempt that names nothing to count by',
          },
        ]
      : [],
  );
}

/** The same of what is known of cards and customers, where a rule names it. */
function findUnsaidOfHistory({ document, features }: RuleSet): RuleSetProblem[] {
  const named = new Set(features.map(({ group, name }) => rememberedKindOf(`${group}.${name}`)));
  return [...named].flatMap((kind): RuleSetProblem[] =>
    kind === undefined || document.history[kind] !== undefined
      ? []
      : [
          {
            path: ['history', kind, 'whenUnknown'],
            message: `review or ignore: what becomes of an attempt that names no ${kind}, which rules here ask about`,
          },
        ],
  );
}

/** Aliases are refused: a few lines of them can stand for more than memory holds. */
function toPlainValue(yaml: Document, origin: string): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw refuse(origin, [error instanceof Error ? error.message : String(error)]);
  }
}

function refuse(origin: string, problems: readonly string[]): KnownError {
  return new KnownError('RULESET_INVALID', {
    detail: `The rule set ${origin} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    facts: { problems },
  });
}

function describe(yaml: Document, lines: LineCounter, problem: RuleSetProblem): string {
  const rule = problem.rule === undefined ? '' : `, rule "${problem.rule}"`;
  const character = problem.character === undefined ? '' : `, character ${problem.character}`;
  return `${placeOf(lines, offsetOf(yaml, problem.path))}${rule}, ${problem.path.join('.')}${character}: ${problem.message}`;
}

/** Where the nearest part of the document begins that is there: a missing key is reported at what it is missing in. */
function offsetOf(yaml: Document, path: RuleSetProblem['path']): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? yaml.contents : yaml.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function placeOf(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}
