import { Injectable } from '@nestjs/common';
import type { RuleSetHitsAnswer, RuleSetHitsQuery } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { toRange } from '../recorded/time-range.policy.ts';
import { RuleSetRepository } from './rule-set.repository.ts';
import { ruleSetDocument } from './rule-set.schema.ts';
import { countDecided, countHits } from './sql/hits.sql.ts';

interface DecidedRow {
  readonly decision: string;
  readonly attempts: number;
  readonly without_hit: number;
}

/** How often the rules of a set hit, live or in the shadow. */
@Injectable()
export class FindHitsHandler {
  readonly #database: Database;
  readonly #repository: RuleSetRepository;

  constructor(database: Database, repository: RuleSetRepository) {
    this.#database = database;
    this.#repository = repository;
  }

  /** @throws KnownError RULESET_NOT_FOUND */
  async find(beginning: string, query: RuleSetHitsQuery): Promise<RuleSetHitsAnswer> {
    const { rule_set_id: id, version, content } = await this.#repository.get(beginning);
    const { from, to } = toRange(query, await this.#database.now());
    // One after the other: a report may take its time, the connections are the batches'.
    const decided = await this.#database.query<DecidedRow>(countDecided, [version, id, from, to]);
    const hits = await this.#database.query<RuleSetHitsAnswer['rules'][number]>(countHits, [version, id, from, to]);
    const byRule = new Map(hits.map((row) => [row.rule, row]));
    const { rules } = ruleSetDocument.parse(JSON.parse(content));
    return {
      version,
      from: from.toISOString(),
      to: to.toISOString(),
      attempts: decided.reduce((sum, { attempts }) => sum + attempts, 0),
      withoutHit: decided.reduce((sum, { without_hit }) => sum + without_hit, 0),
      decisions: decided.map(({ decision, attempts }) => ({ decision, attempts })),
      rules: rules.map(({ name }) => byRule.get(name) ?? { rule: name, hits: 0, errors: 0 }),
    };
  }
}
