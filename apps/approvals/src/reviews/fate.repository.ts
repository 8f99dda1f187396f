import { Injectable } from '@nestjs/common';
import type { Transaction } from '@tollgate/persistence';
import type { AttemptFate } from './fate.types.ts';
import { keepFates } from './sql/keep-fates.sql.ts';

interface FateRow {
  readonly attempt_id: string;
  readonly merchant_id: string;
  readonly ended: AttemptFate['ended'];
  readonly outcome: AttemptFate['outcome'];
}

/** The table `attempt_fate`. */
@Injectable()
export class FateRepository {
  /** Keeps what is new, and returns what is known of these attempts then, by {@link toFateKey}. */
  async keep(tx: Transaction, news: readonly AttemptFate[]): Promise<ReadonlyMap<string, AttemptFate>> {
    const merged = new Map<string, AttemptFate>();
    for (const fate of news) {
      const known = merged.get(toFateKey(fate));
      merged.set(toFateKey(fate), {
        ...fate,
        ended: known?.ended ?? fate.ended,
        outcome: known?.outcome ?? fate.outcome,
      });
    }
    const rows = await tx.query<FateRow>(keepFates, [
      JSON.stringify(
        [...merged.values()].map(({ attemptId, merchantId, ended, outcome }) => ({
          attempt_id: attemptId,
          merchant_id: merchantId,
          ended,
          outcome,
        })),
      ),
    ]);
    const fates = rows.map((row) => ({
      attemptId: row.attempt_id,
      merchantId: row.merchant_id,
      ended: row.ended,
      outcome: row.outcome,
    }));
    return new Map(fates.map((fate) => [toFateKey(fate), fate]));
  }
}

/** Tells attempts of several merchants apart. */
export function toFateKey({
  merchantId,
  attemptId,
}: {
  readonly merchantId: string;
  readonly attemptId: string;
}): string {
  return JSON.stringify([merchantId, attemptId]);
}
