import { type BacktestResult, FATES } from '@tollgate/contracts';
import type { DecisionWithFate } from '../recorded/recorded-decision.types.ts';
import { type Amount, AmountSum } from './amount-sum.policy.ts';

/** What became of an attempt that was let through; `kept` stands alone. */
export type Fate = ReadonlyArray<(typeof FATES)[number]>;

const KEPT: Fate = ['kept'];

/**
 * Null while nothing is known: of an attempt that was never let through nobody can say what would have become of it, and
 * a payment may not have been reported yet. What came back in part counts as refunded.
 */
export function toFate({
  outcome,
  authorised,
  declined,
  refunded,
  disputed,
}: Pick<DecisionWithFate, 'outcome' | 'authorised' | 'declined' | 'refunded' | 'disputed'>): Fate | null {
  if (outcome !== 'APPROVED') return null;
  const happened = { declined, refunded, disputed, kept: false };
  const bad = FATES.filter((fate) => happened[fate] === true);
  if (bad.length > 0) return bad;
  return authorised === true ? KEPT : null;
}

/** Fates of attempts, added up. */
export class FateTally {
  readonly #known = new AmountSum();
  readonly #right = new AmountSum();
  readonly #sums = {
    kept: new AmountSum(),
    declined: new AmountSum(),
    refunded: new AmountSum(),
    disputed: new AmountSum(),
  };

  add(fate: Fate, amount: Amount): void {
    this.#known.add(amount);
    for (const each of fate) this.#sums[each].add(amount);
  }

  /** Whoever let it through was right where it was kept, whoever did not, where it was not. */
  judge(fate: Fate, wouldApprove: boolean, amount: Amount): void {
    if (wouldApprove === fate.includes('kept')) this.#right.add(amount);
  }

  toAnswer(): BacktestResult['decisions'][number]['fate'] {
    const { kept, declined, refunded, disputed } = this.#sums;
    return {
      known: this.#known.attempts,
      kept: kept.toAnswer(),
      declined: declined.toAnswer(),
      refunded: refunded.toAnswer(),
      disputed: disputed.toAnswer(),
    };
  }

  toJudgedAnswer(): BacktestResult['rules'][number]['fate'] {
    const { attempts: right, amounts: rightAmounts } = this.#right.toAnswer();
    return { ...this.toAnswer(), right, rightAmounts };
  }
}
