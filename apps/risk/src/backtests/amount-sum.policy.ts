import type { FateSum } from '@tollgate/contracts';

/** An order's amount. */
export interface Amount {
  readonly minor: bigint;
  readonly currency: string;
}

/** Attempts, counted, and what they come to by currency. */
export class AmountSum {
  readonly #amounts = new Map<string, bigint>();
  #attempts = 0;

  get attempts(): number {
    return this.#attempts;
  }

  add({ minor, currency }: Amount): void {
    this.#attempts += 1;
    this.#amounts.set(currency, (this.#amounts.get(currency) ?? 0n) + minor);
  }

  toAnswer(): FateSum {
    const sums = [...this.#amounts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return {
      attempts: this.#attempts,
      amounts: Object.fromEntries(sums.map(([currency, sum]) => [currency, `${sum}`])),
    };
  }
}
