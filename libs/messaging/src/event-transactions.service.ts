import type { Database } from '@tollgate/persistence';
import { currentTraceparent, failpoint, type Log } from '@tollgate/platform';
import { CollectingTransaction, type EventTransaction } from './event-transaction.ts';
import type { MessagingSettings } from './messaging.config.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import { toOutboxRow, writeOutbox } from './outbox.ts';
import type { Publisher } from './publisher.ts';

/** Transactions of HTTP requests and jobs that emit events: the same promise as a batch has. */
export class EventTransactions {
  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly settings: MessagingSettings,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
  ) {}

  /**
   * Runs `work` in one transaction; its events commit with it and are published right after, without the caller
   * waiting for the broker.
   * @throws what `work` throws after rollback; KnownError DATABASE_UNAVAILABLE when the commit's fate is unknown
   */
  async run<T>(work: (tx: EventTransaction) => Promise<T>): Promise<T> {
    const endTimer = this.metrics.transactionSeconds.startTimer();
    const {
      tx: done,
      result,
      rows,
    } = await this.database.transaction(async (inner) => {
      const tx = new CollectingTransaction(inner);
      const value = await work(tx);
      const written = tx.outgoing.map((outgoing) =>
        toOutboxRow(this.settings, outgoing, outgoing.traceparent ?? currentTraceparent()),
      );
      writeOutbox(tx, written, this.settings.outboxGraceMs);
      return { tx, result: value, rows: written };
    });
    endTimer();
    failpoint('transaction.after-commit');
    this.publisher.publish(rows);
    done.committed((error) => this.log.error('Work after a commit failed', { error }));
    return result;
  }
}
