import { Injectable } from '@nestjs/common';
import { EventTransactions } from '@tollgate/messaging';
import { Database, MerchantDirectory } from '@tollgate/persistence';
import { failpoint } from '@tollgate/platform';
import { AttemptMetrics } from '../attempts/attempt-metrics.service.ts';
import { type AttemptRow, toAttempt } from '../attempts/attempt.repository.ts';
import { OwnDecisions } from '../attempts/own-decision.service.ts';
import { decideOverdue } from './deadline.policy.ts';
import { lockOverdueAttempts, selectNextDeadline } from './lock-overdue-attempts.sql.ts';

/** Attempts decided in one transaction; more than these take further ones at once. */
const BATCH_MAX = 200;

/** Decides attempts that are past their deadline. Safe on any number of instances: each row is locked by one. */
@Injectable()
export class KeepDeadlinesHandler {
  constructor(
    private readonly database: Database,
    private readonly transactions: EventTransactions,
    private readonly merchants: MerchantDirectory,
    private readonly ownDecisions: OwnDecisions,
    private readonly metrics: AttemptMetrics,
  ) {}

  /** @returns whether there may be more at once */
  async decideOverdue(): Promise<boolean> {
    // Before the transaction: settings are one merchant's or another's, never worth holding locks for.
    const settings = new Map((await this.merchants.list()).map((merchant) => [merchant.merchantId, merchant.settings]));
    return this.transactions.run(async (tx) => {
      const rows = await tx.query<AttemptRow & { now: Date }>(lockOverdueAttempts, [BATCH_MAX]);
      if (rows.length === 0) {
        return false;
      }
      const taken = rows.map((row) => {
        const attempt = toAttempt(row);
        return { attempt, own: decideOverdue(attempt, settings.get(attempt.merchantId), row.now) };
      });
      await this.ownDecisions.record(tx, taken);
      failpoint('deadline.before-commit');
      tx.afterCommit(() => failpoint('deadline.after-commit'));
      tx.afterCommit(() => taken.forEach(({ own }) => this.metrics.deadlines.inc({ decision: own.decision })));
      return rows.length === BATCH_MAX;
    });
  }

  /** Milliseconds until the next deadline; undefined when nothing is undecided. */
  async findNextDelayMs(): Promise<number | undefined> {
    const [row] = await this.database.query<{ delay_ms: number | null }>(selectNextDeadline);
    return row?.delay_ms ?? undefined;
  }
}
