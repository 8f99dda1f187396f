import type { BacktestResult } from '@tollgate/contracts';
import { evaluate } from '../rule-sets/evaluation.policy.ts';
import type { RuleHit, RuleSet } from '../rule-sets/rule-set.types.ts';
import type { RecordedDecision } from '../recorded/recorded-decision.types.ts';
import { type Amount, AmountSum } from './amount-sum.policy.ts';
import { type Fate, FateTally } from './fate-tally.policy.ts';

const EXAMPLES_MAX = 50;

interface PairTally {
  readonly attempts: AmountSum;
  readonly fates: FateTally;
}

interface RuleTally {
  hits: number;
  errors: number;
  readonly fates: FateTally;
}

/** What a candidate says about recorded decisions, added up one by one: nothing of history is held but sums. */
export class BacktestTally {
  readonly #candidate: RuleSet;
  readonly #pairs = new Map<string, PairTally>();
  readonly #rules: Map<string, RuleTally>;
  readonly #examples: BacktestResult['examples'] = [];
  #attempts = 0;
  #different = 0;

  constructor(candidate: RuleSet) {
    this.#candidate = candidate;
    this.#rules = new Map(candidate.rules.map(({ name }) => [name, { hits: 0, errors: 0, fates: new FateTally() }]));
  }

  get attempts(): number {
    return this.#attempts;
  }

  add(row: RecordedDecision, fate: Fate | null): void {
    const { decision, reason, hits } = evaluate(this.#candidate, row.features);
    const amount = { minor: BigInt(row.amount_minor), currency: row.currency };
    this.#attempts += 1;
    const key = `${row.decision} ${decision}`;
    const pair = this.#pairs.get(key) ?? { attempts: new AmountSum(), fates: new FateTally() };
    this.#pairs.set(key, pair);
    pair.attempts.add(amount);
    if (fate !== null) pair.fates.add(fate, amount);
    for (const hit of hits) this.#addHit(hit, fate, amount);
    if (decision === row.decision) return;
    this.#different += 1;
    if (this.#examples.length < EXAMPLES_MAX) {
      const { merchant_id: merchantId, attempt_id: paymentAttemptId } = row;
      this.#examples.push({ merchantId, paymentAttemptId, from: row.decision, to: decision, reason });
    }
  }

  #addHit(hit: RuleHit, fate: Fate | null, amount: Amount): void {
    const rule = this.#rules.get(hit.rule)!;
    if (hit.error !== undefined) {
      rule.errors += 1;
      return;
    }
    rule.hits += 1;
    if (fate === null || hit.decision === 'SCORE') return;
    rule.fates.add(fate, amount);
    rule.fates.judge(fate, hit.decision === 'APPROVE', amount);
  }

  /** Changes first, the most frequent ahead. */
  result(milliseconds: number, replay: BacktestResult['replay']): BacktestResult {
    const decisions = [...this.#pairs]
      .map(([key, { attempts, fates }]) => {
        const [from, to] = key.split(' ') as [string, string];
        return { from, to, ...attempts.toAnswer(), fate: fates.toAnswer() };
      })
      .toSorted((a, b) => Number(a.from === a.to) - Number(b.from === b.to) || b.attempts - a.attempts);
    return {
      attempts: this.#attempts,
      different: this.#different,
      decisions,
      rules: this.#candidate.rules.map(({ name, then }) => {
        const { hits, errors, fates } = this.#rules.get(name)!;
        return { rule: name, then: then ?? 'score', hits, errors, fate: fates.toJudgedAnswer() };
      }),
      examples: this.#examples,
      replay,
      milliseconds,
      attemptsPerSecond: milliseconds === 0 ? 0 : Math.floor((this.#attempts * 1000) / milliseconds),
    };
  }
}
