import type { RuleSetDocument } from './rule-set.types.ts';
import { toCanonicalText } from './rule-set.policy.ts';

/** What an earlier set says, and who is behind it. */
export interface EarlierRuleSet {
  readonly content: string;
  readonly people: readonly string[];
}

/** Ids of people by the name of a rule. */
export type PeopleByRule = ReadonlyMap<string, readonly string[]>;

/**
 * Who is behind each rule of a document since it stood in an earlier set: a rule that is copied to a new version is its
 * authors' still. It is the same rule where it asks for the same on the same condition; its name and its words are not
 * what it does.
 */
export function inheritPeople({ rules }: RuleSetDocument, earlier: readonly EarlierRuleSet[]): PeopleByRule {
  const behind = new Map<string, Set<string>>();
  for (const { content, people } of earlier) {
    for (const rule of (JSON.parse(content) as Pick<RuleSetDocument, 'rules'>).rules) {
      const known = behind.get(whatItDoes(rule)) ?? new Set();
      people.forEach((each) => known.add(each));
      behind.set(whatItDoes(rule), known);
    }
  }
  return new Map(
    rules.flatMap((rule) => {
      const people = behind.get(whatItDoes(rule));
      return people === undefined ? [] : [[rule.name, [...people].toSorted()] as const];
    }),
  );
}

function whatItDoes({ when, then, mandatory, score }: RuleSetDocument['rules'][number]): string {
  return toCanonicalText({ when, then: then ?? null, mandatory: mandatory === true, score: score ?? null });
}
