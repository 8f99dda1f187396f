import { Injectable } from '@nestjs/common';
import {
  KnownError,
  type RecomputationAnswer,
  type RecomputationQuery,
  type RecomputedAnswer,
} from '@tollgate/contracts';
import { Database, type Transaction } from '@tollgate/persistence';
import { DecisionRepository } from '../decisions/decision.repository.ts';
import { recompute } from './recompute.policy.ts';
import { RecordedDecisionRepository } from './recorded-decision.repository.ts';
import type { RecordedDecision } from './recorded-decision.types.ts';
import { RuleSetLibrary } from './rule-set-library.service.ts';
import { toRange } from './time-range.policy.ts';

const EXAMPLES_MAX = 20;

/** Makes recorded decisions again, from their features and the set that decided. */
@Injectable()
export class RecomputeDecisionsHandler {
  readonly #database: Database;
  readonly #decisions: DecisionRepository;
  readonly #recorded: RecordedDecisionRepository;
  readonly #library: RuleSetLibrary;

  constructor(
    database: Database,
    decisions: DecisionRepository,
    recorded: RecordedDecisionRepository,
    library: RuleSetLibrary,
  ) {
    this.#database = database;
    this.#decisions = decisions;
    this.#recorded = recorded;
    this.#library = library;
  }

  /** @throws KnownError ATTEMPT_NOT_FOUND; RULESET_NOT_FOUND where the set that decided is not kept here */
  async recomputeOne(attemptId: string, merchantId: string | undefined): Promise<RecomputedAnswer> {
    const [row] = await this.#decisions.findByAttempt(attemptId, merchantId);
    if (row === undefined) throw new KnownError('ATTEMPT_NOT_FOUND', { facts: { paymentAttemptId: attemptId } });
    const { recorded, recomputed } = recompute(await this.#library.get(row.rule_set_version), row);
    return {
      merchantId: row.merchant_id,
      paymentAttemptId: row.attempt_id,
      version: row.rule_set_version,
      isSame: recorded === recomputed,
      recorded,
      recomputed,
    };
  }

  async recomputeAll(query: RecomputationQuery): Promise<RecomputationAnswer> {
    const range = toRange(query, await this.#database.now());
    const tally = { decisions: 0, same: 0, different: 0, unknownVersion: 0 };
    const examples: string[] = [];
    await this.#recorded.read({ ...range, merchantId: query.merchantId ?? null }, async (page, transaction) => {
      for (const row of page) {
        const outcome = await this.#compare(row, transaction);
        tally.decisions += 1;
        tally[outcome] += 1;
        if (outcome === 'different' && examples.length < EXAMPLES_MAX) examples.push(row.attempt_id);
      }
    });
    return { from: range.from.toISOString(), to: range.to.toISOString(), ...tally, examples };
  }

  async #compare(row: RecordedDecision, transaction: Transaction): Promise<'same' | 'different' | 'unknownVersion'> {
    const ruleSet = await this.#library.find(row.rule_set_version, transaction);
    if (ruleSet === undefined) return 'unknownVersion';
    const { recorded, recomputed } = recompute(ruleSet, row);
    return recorded === recomputed ? 'same' : 'different';
  }
}
