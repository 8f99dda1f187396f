import type { BacktestResult } from '@tollgate/contracts';
import { evaluate } from '../rule-sets/evaluation.policy.ts';
import type { RuleSet } from '../rule-sets/rule-set.types.ts';
import type { RecordedDecision } from '../recorded/recorded-decision.types.ts';

const EXAMPLES_MAX = 50;

/** Whether an attempt that was let through turned out well: paid and kept, or declined, refunded or disputed. */
export type Fate = 'good' | 'bad';

interface RuleTally {
  hits: number;
  errors: number;
  known: number;
  right: number;
}

/** What a candidate says about recorded decisions, added up one by one: nothing of history is held but sums. */
export class BacktestTally {
  readonly #candidate: RuleSet;
  readonly #pairs = new Map<string, { attempts: number; amounts: Map<string, bigint> }>();
  readonly #rules: Map<string, RuleTally>;
  readonly #examples: BacktestResult['examples'] = [];
  #attempts = 0;
  #different = 0;

  constructor(candidate: RuleSet) {
    this.#candidate = candidate;
    this.#rules = new Map(candidate.rules.map(({ name }) => [name, { hits: 0, errors: 0, known: 0, right: 0 }]));
  }

  get attempts(): number {
    return this.#attempts;
  }

  add(row: RecordedDecision, fate: Fate | null): void {
    const { decision, reason, hits } = evaluate(this.#candidate, row.features);
    this.#attempts += 1;
    const key = `${row.decision} ${decision}`;
    const pair = this.#pairs.get(key) ?? { attempts: 0, amounts: new Map<string, bigint>() };
    this.#pairs.set(key, pair);
    pair.attempts += 1;
    pair.amounts.set(row.currency, (pair.amounts.get(row.currency) ?? 0n) + BigInt(row.amount_minor));
    for (const hit of hits) {
      const rule = this.#rules.get(hit.rule)!;
      if (hit.error === undefined) rule.hits += 1;
      else rule.errors += 1;
      if (fate === null || hit.error !== undefined || hit.decision === 'SCORE') continue;
      rule.known += 1;
      if ((hit.decision === 'APPROVE') === (fate === 'good')) rule.right += 1;
    }
    if (decision === row.decision) return;
    this.#different += 1;
    if (this.#examples.length < EXAMPLES_MAX) {
      const { merchant_id: merchantId, attempt_id: paymentAttemptId } = row;
      this.#examples.push({ merchantId, paymentAttemptId, from: row.decision, to: decision, reason });
    }
  }

  /** Changes first, the most frequent ahead. */
  result(milliseconds: number): BacktestResult {
    const decisions = [...this.#pairs]
      .map(([key, { attempts, amounts }]) => {
        const [from, to] = key.split(' ') as [string, string];
        const sums = [...amounts]
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([currency, sum]) => [currency, `${sum}`]);
        return { from, to, attempts, amounts: Object.fromEntries(sums) as Record<string, string> };
      })
      .toSorted((a, b) => Number(a.from === a.to) - Number(b.from === b.to) || b.attempts - a.attempts);
    return {
      attempts: this.#attempts,
      different: this.#different,
      decisions,
      rules: this.#candidate.rules.map(({ name, then }) => {
        const { hits, errors, known, right } = this.#rules.get(name)!;
        return { rule: name, then: then ?? 'score', hits, errors, fate: { known, right } };
      }),
      examples: this.#examples,
      milliseconds,
      attemptsPerSecond: milliseconds === 0 ? 0 : Math.floor((this.#attempts * 1000) / milliseconds),
    };
  }
}
