import type { RuleSetDocument } from './rule-set.types.ts';
import { toCanonicalText } from './rule-set.policy.ts';

/** What a set says, and who is behind it. */
export interface RuleSetOrigin {
  readonly content: string;
  readonly people: readonly string[];
  /** Who drafted it and did no more; null for a file, and for a draft that its author proposed, promoted or brought back. */
  readonly onlyDraftedBy: string | null;
}

/** Ids of people by the name of a rule. */
export type PeopleByRule = ReadonlyMap<string, readonly string[]>;

/**
 * Who is behind each rule of a document, in whatever set it has stood: a rule that is copied to a new version is still
 * that of those behind the set in which it was new, and of everybody who put it live since, or wanted to; also where an
 * older version with it has come back. Whoever only copied it to a draft of theirs has not written it. It is the same
 * rule where it asks for the same on the same condition; its name and its words are not what it does.
 * @param origins every set, the oldest first
 */
export function inheritPeople({ rules }: RuleSetDocument, origins: readonly RuleSetOrigin[]): PeopleByRule {
  const behind = new Map<string, Set<string>>();
  for (const { content, people, onlyDraftedBy } of origins) {
    for (const rule of (JSON.parse(content) as Pick<RuleSetDocument, 'rules'>).rules) {
      const known = behind.get(whatItDoes(rule));
      const added = known === undefined ? people : people.filter((each) => each !== onlyDraftedBy);
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
