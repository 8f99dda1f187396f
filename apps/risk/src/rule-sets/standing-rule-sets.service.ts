import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import { inheritPeople } from './inherited-people.policy.ts';
import type { RuleSetRow, Standing, StandingRuleSet } from './rule-set-life.types.ts';
import { RuleSetRepository } from './rule-set.repository.ts';
import { readRuleSet } from './rule-set.store.ts';
import type { RuleSet } from './rule-set.types.ts';

/** The rule set that an empty database starts with. */
export abstract class FirstRuleSet {
  abstract readonly ruleSet: RuleSet;
}

/**
 * The sets that see live traffic, as the database says at the moment of asking: a promotion is followed from the next
 * batch on, by every instance. They are read and compiled anew only where something has changed.
 */
@Injectable()
export class StandingRuleSets implements OnModuleInit {
  readonly #logger = new Logger(StandingRuleSets.name);
  readonly #first: FirstRuleSet;
  readonly #database: Database;
  readonly #repository: RuleSetRepository;
  #loaded: Standing | undefined;

  constructor(first: FirstRuleSet, database: Database, repository: RuleSetRepository) {
    this.#first = first;
    this.#database = database;
    this.#repository = repository;
  }

  /** Puts the file's set live where none is yet. */
  async onModuleInit(): Promise<void> {
    const { ruleSet } = this.#first;
    const standing = await this.#database.transaction(async (transaction) => {
      const rows = await this.#repository.findStanding(transaction);
      return rows.some(({ status }) => status === 'live') ? this.current(transaction) : undefined;
    });
    if (standing === undefined) {
      await this.#install(ruleSet);
    } else if (standing.live.ruleSet.version !== ruleSet.version) {
      const { name } = standing.live.ruleSet.document;
      this.#logger.log(`The live rule set is ${name} ${standing.live.ruleSet.version}; RULESET_FILE is not looked at`);
    }
  }

  /**
   * To be asked together with the transaction's first statement, so that it costs no round trip.
   * @throws KnownError RULESET_UNAVAILABLE, retriable, where this instance cannot read the live set
   */
  async current(transaction: Transaction): Promise<Standing> {
    const revision = await this.#repository.readRevision(transaction);
    if (this.#loaded?.revision === revision) return this.#loaded;
    const rows = await this.#repository.findStanding(transaction);
    const known = new Map(
      [this.#loaded?.live, ...(this.#loaded?.shadows ?? [])].flatMap((each) =>
        each === undefined ? [] : [[each.ruleSet.version, each.ruleSet] as const],
      ),
    );
    const [read] = this.#read(rows, 'live', known);
    if (read === undefined) throw new KnownError('RULESET_UNAVAILABLE', { detail: 'The live rule set cannot be read' });
    const origins = await this.#repository.findOrigins(transaction);
    const live = { ...read, peopleByRule: inheritPeople(read.ruleSet.document, origins) };
    this.#loaded = { revision, live, shadows: this.#read(rows, 'shadow', known) };
    return this.#loaded;
  }

  /** Sets of a newer release may name features that this one does not have: a shadow is then left out, and told. */
  #read(
    rows: readonly RuleSetRow[],
    wanted: 'live' | 'shadow',
    known: ReadonlyMap<string, RuleSet>,
  ): StandingRuleSet[] {
    return rows
      .filter(({ status }) => status === wanted)
      .flatMap(({ rule_set_id: id, version, content, people }) => {
        try {
          return [
            { id, ruleSet: known.get(version) ?? readRuleSet(content, version), people, peopleByRule: new Map() },
          ];
        } catch (error) {
          this.#logger.error(`The ${wanted} rule set ${version} cannot be used here`, error);
          return [];
        }
      });
  }

  async #install(ruleSet: RuleSet): Promise<void> {
    await this.#repository.change(async (transaction) => {
      // Another instance may have been first.
      if ((await this.#repository.findLive(transaction)) !== undefined) return;
      const by = { kind: 'file', personId: null, displayName: 'RULESET_FILE' } as const;
      await this.#repository.insert(transaction, ruleSet, { status: 'live', by, note: null });
    });
  }
}
