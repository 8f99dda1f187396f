import { Injectable } from '@nestjs/common';
import type { DifferencesAnswer, DifferencesQuery } from '@tollgate/contracts';
import { Database } from '@tollgate/persistence';
import { toRange } from '../recorded/time-range.policy.ts';
import { RuleSetRepository } from './rule-set.repository.ts';
import { ruleSetDocument } from './rule-set.schema.ts';
import { countDifferences, countShadowHits, selectDifferingDecisions } from './sql/differences.sql.ts';

interface PairRow {
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly attempts: number;
  readonly amount: string;
}

/** Where a set in the shadow, now or once, differs from what was decided. */
@Injectable()
export class FindDifferencesHandler {
  readonly #database: Database;
  readonly #repository: RuleSetRepository;

  constructor(database: Database, repository: RuleSetRepository) {
    this.#database = database;
    this.#repository = repository;
  }

  /** @throws KnownError RULESET_NOT_FOUND */
  async find(beginning: string, query: DifferencesQuery): Promise<DifferencesAnswer> {
    const { rule_set_id: id, version, content } = await this.#repository.get(beginning);
    const { from, to } = toRange(query, await this.#database.now());
    // One after the other: a report may take its time, the connections are the batches'.
    const pairs = await this.#database.query<PairRow>(countDifferences, [id, from, to]);
    const hits = await this.#database.query<DifferencesAnswer['rules'][number]>(countShadowHits, [id, from, to]);
    const examples = await this.#database.query<DifferencesAnswer['examples'][number]>(
      ...([selectDifferingDecisions, [id, from, to]] as const),
    );
    const byRule = new Map(hits.map((row) => [row.rule, row]));
    const { rules } = ruleSetDocument.parse(JSON.parse(content));
    const count = (rows: readonly PairRow[]) => rows.reduce((sum, { attempts }) => sum + attempts, 0);
    return {
      version,
      from: from.toISOString(),
      to: to.toISOString(),
      attempts: count(pairs),
      different: count(pairs.filter((pair) => pair.from !== pair.to)),
      decisions: toFlips(pairs),
      rules: rules.map(({ name }) => byRule.get(name) ?? { rule: name, hits: 0, errors: 0 }),
      examples,
    };
  }
}

/** One line for each pair of decisions, with the amounts of all its currencies. */
function toFlips(pairs: readonly PairRow[]): DifferencesAnswer['decisions'] {
  const flips = new Map<string, DifferencesAnswer['decisions'][number]>();
  for (const { from, to, currency, attempts, amount } of pairs) {
    const flip = flips.get(`${from} ${to}`) ?? { from, to, attempts: 0, amounts: {} };
    flip.attempts += attempts;
    flip.amounts[currency] = amount;
    flips.set(`${from} ${to}`, flip);
  }
  return [...flips.values()];
}
