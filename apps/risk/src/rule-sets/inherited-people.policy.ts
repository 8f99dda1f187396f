import type { RuleSetDocument } from './rule-set.types.ts';
import { toCanonicalText } from './rule-set.policy.ts';

/** What an earlier set says, and who is behind it. */
export interface EarlierRuleSet {
  readonly content: string;
  readonly people: readonly string[];
  /** Who drafted it; null for a file. */
  readonly draftedBy: string | null;
}

/** Ids of people by the name of a rule. */
export type PeopleByRule = ReadonlyMap<string, readonly string[]>;

/**
 * Who is behind each rule of a document since it stood in an earlier set: a rule that is copied to a new version is still
 * that of those behind the set in which it was new, and of everybody who put it live since. Whoever only copied it to
 * a draft of theirs has not written it. It is the same rule where it asks for the same on the same condition; its name and
 * its words are not what it does.
 * @param earlier the oldest first
 */
export function inheritPeople({ rules }: RuleSetDocument, earlier: readonly EarlierRuleSet[]): PeopleByRule {
  const behind = new Map<string, Set<string>>();
  for (const { content, people, draftedBy } of earlier) {
    for (const rule of (JSON.parse(content) as Pick<RuleSetDocument, 'rules'>).rules) {
      const known = behind.get(whatItDoes(rule));
      const added = known === undefined ? people : people.filter((each) => each !== draftedBy);
      behind.set(whatItDoes(rule), new Set([...(known ?? []), ...added]));
    }
  }
  return new Map(
    rules.flatMap((rule) => {
      const people = behind.get(whatItDoes(rule));
      return people === undefined || people.size === 0 ? [] : [[rule.name, [...people].toSorted()] as const];
    }),
  );
}

function whatItDoes({ when, then, mandatory, score }: RuleSetDocument['rules'][number]): string {
  return toCanonicalText({ when, then: then ?? null, mandatory: mandatory === true, score: score ?? null });
}
