import { Injectable } from '@nestjs/common';
import type { Principal, RuleSetAnswer, RuleSetStep } from '@tollgate/contracts';
import type { Transaction } from '@tollgate/persistence';
import { toRuleSetAnswer } from './rule-set-answer.policy.ts';
import { assertPerson, conflict, type RuleSetMove, SHADOWS_MAX, stepOf, toActor } from './rule-set-life.states.ts';
import type { RuleSetActor, RuleSetRow } from './rule-set-life.types.ts';
import { RuleSetRepository } from './rule-set.repository.ts';
import { readRuleSet } from './rule-set.store.ts';

const RETIRED: RuleSetMove = { to: 'retired', proposedBy: null, proposalNote: null };

/** One step in the life of a rule set; changes are made one after the other, each with its line in the record. */
@Injectable()
export class MoveRuleSetHandler {
  readonly #repository: RuleSetRepository;

  constructor(repository: RuleSetRepository) {
    this.#repository = repository;
  }

  /**
   * @throws KnownError RULESET_NOT_FOUND, RULESET_STATUS_CONFLICT, SECOND_PERSON_NEEDED
   * @throws KnownError RULESET_INVALID for a set of another release that this one cannot evaluate
   */
  async move(
    version: string,
    step: RuleSetStep,
    { principal, note }: { principal: Principal; note: string | null },
  ): Promise<RuleSetAnswer> {
    const by = toActor(principal);
    const row = await this.#repository.change(async (transaction) => {
      const ruleSet = await this.#repository.get(version, transaction);
      const move = stepOf(step, ruleSet, by, note);
      if (move === undefined) return ruleSet;
      if (move.to === 'shadow' || move.to === 'live') readRuleSet(ruleSet.content, ruleSet.version);
      if (step === 'shadow') await this.#assertRoom(transaction);
      const entry = {
        step,
        from: ruleSet.status,
        by,
        note,
        makesResponsible: step === 'propose' || step === 'promote',
      };
      if (move.to !== 'live') return this.#repository.move(transaction, ruleSet.version, move, entry);
      return this.#putLive(transaction, ruleSet, move, entry);
    });
    return toRuleSetAnswer(row);
  }

  /**
   * Leaves the live set `from` for the one that it replaced. Sent again it changes nothing: that set is live already.
   * Who goes back puts that set live alone, and answers for it from then on.
   * @throws KnownError RULESET_NOT_FOUND; RULESET_STATUS_CONFLICT where another set is live, or it has replaced none
   * @throws KnownError SECOND_PERSON_NEEDED for a machine
   */
  async rollBack(
    from: string,
    { principal, note }: { principal: Principal; note: string | null },
  ): Promise<RuleSetAnswer> {
    const by = toActor(principal);
    assertPerson(by);
    const row = await this.#repository.change(async (transaction) => {
      const left = await this.#repository.get(from, transaction);
      const live = await this.#repository.findLive(transaction);
      if (live !== undefined && left.replaced === live.version) return live;
      if (live?.version !== left.version)
        throw conflict(`The set ${from} is not live: somebody has put another one live`);
      if (live.replaced === null) throw conflict('The live set has replaced no other');
      const before = await this.#repository.get(live.replaced, transaction);
      readRuleSet(before.content, before.version);
      await this.#retire(transaction, live, { step: 'rollback', by, note });
      const move: RuleSetMove = { to: 'live', proposedBy: null, proposalNote: null };
      return this.#repository.move(transaction, before.version, move, {
        ...{ step: 'rollback', from: before.status, by, note },
        makesResponsible: true,
      });
    });
    return toRuleSetAnswer(row);
  }

  async #putLive(
    transaction: Transaction,
    ruleSet: RuleSetRow,
    move: RuleSetMove,
    entry: Parameters<RuleSetRepository['move']>[3],
  ): Promise<RuleSetRow> {
    const live = await this.#repository.findLive(transaction);
    if (live === undefined) return this.#repository.move(transaction, ruleSet.version, move, entry);
    await this.#retire(transaction, live, { step: 'replaced', by: entry.by, note: entry.note });
    return this.#repository.move(transaction, ruleSet.version, move, { ...entry, replaced: live.version });
  }

  async #retire(
    transaction: Transaction,
    live: RuleSetRow,
    entry: { step: string; by: RuleSetActor; note: string | null },
  ): Promise<void> {
    await this.#repository.move(transaction, live.version, RETIRED, {
      ...entry,
      from: live.status,
      makesResponsible: false,
    });
  }

  async #assertRoom(transaction: Transaction): Promise<void> {
    if ((await this.#repository.countShadows(transaction)) >= SHADOWS_MAX) {
      throw conflict(`${SHADOWS_MAX} sets are tried in the shadow already: retire one`);
    }
  }
}
