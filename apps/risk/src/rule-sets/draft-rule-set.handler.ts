import { Injectable } from '@nestjs/common';
import type { Principal, RuleSetAnswer, RuleSetInput } from '@tollgate/contracts';
import { toRuleSetAnswer } from './rule-set-answer.policy.ts';
import { assertPerson, toActor } from './rule-set-life.states.ts';
import { RuleSetRepository } from './rule-set.repository.ts';
import { parseRuleSet } from './rule-set.store.ts';

/** Takes a document in. Nothing is decided by it yet. */
@Injectable()
export class DraftRuleSetHandler {
  readonly #repository: RuleSetRepository;

  constructor(repository: RuleSetRepository) {
    this.#repository = repository;
  }

  /**
   * The same content is the same set, whoever sends it and however often.
   * @throws KnownError RULESET_INVALID naming every rule, line and character at fault
   * @throws KnownError SECOND_PERSON_NEEDED for a machine: nobody could be kept from reviewing what the rules hold back
   */
  async draft(
    { document, note }: RuleSetInput,
    principal: Principal,
  ): Promise<{ ruleSet: RuleSetAnswer; isNew: boolean }> {
    const text = typeof document === 'string' ? document : JSON.stringify(document, undefined, 2);
    const ruleSet = parseRuleSet(text, 'that was sent');
    const by = toActor(principal);
    assertPerson(by);
    const row = await this.#repository.change((transaction) =>
      this.#repository.insert(transaction, ruleSet, { status: 'draft', by, note: note ?? null }),
    );
    const known = row ?? (await this.#repository.get(ruleSet.version));
    return { ruleSet: toRuleSetAnswer(known), isNew: row !== undefined };
  }
}
