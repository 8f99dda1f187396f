import { type EventDefinition, isRetriable, KnownError } from '@tollgate/contracts';
import { currentTraceparent, failpoint, type Log } from '@tollgate/platform';
import type { Database } from '@tollgate/persistence';
import { BatchTrace } from './batch-trace.ts';
import type { DeadLetterBreakers } from './dead-letter-breaker.ts';
import { CollectingTransaction, type EventBatch } from './event-transaction.ts';
import { Inbox } from './inbox.ts';
import type { MessagingSettings } from './messaging.config.ts';
import type { MessagingMetrics } from './messaging.metrics.ts';
import { type OutboxRow, toDeadLetterRow, toOutboxRow, writeOutbox } from './outbox.ts';
import type { Publisher } from './publisher.ts';
import type { ParsedRecord, ReceivedEvent } from './received-event.ts';

/** The one handler of an event type in this service. */
export interface EventHandler {
  readonly definition: EventDefinition;
  handle(batch: EventBatch<unknown>): Promise<void>;
}

/**
 * Handles a batch of records in one transaction: claim in the inbox, run the handlers over what is new, write the
 * outbox, commit, publish.
 *
 * A failure is one of two kinds. Retriable: nothing has happened, the caller tries the same records again, for ever.
 * Poison: the batch is run again in halves until the culprit stands alone; its dead letter commits with its inbox row.
 */
export class BatchRunner {
  readonly #inbox: Inbox;

  constructor(
    private readonly database: Database,
    private readonly publisher: Publisher,
    private readonly settings: MessagingSettings,
    private readonly handlers: ReadonlyMap<string, EventHandler>,
    private readonly breakers: DeadLetterBreakers,
    private readonly metrics: MessagingMetrics,
    private readonly log: Log,
  ) {
    this.#inbox = new Inbox(settings.service);
  }

  /** @throws only what is retriable; everything else has become dead letters by then */
  async run(records: readonly ParsedRecord[]): Promise<void> {
    try {
      await this.attempt(records);
    } catch (error) {
      if (isRetriable(error)) {
        throw error;
      }
      if (records.length === 1) {
        await this.bury(records[0]!, error);
        return;
      }
      const middle = Math.ceil(records.length / 2);
      await this.run(records.slice(0, middle));
      await this.run(records.slice(middle));
    }
  }

  /**
   * One try of all records, which are of one topic, in one transaction.
   * @throws whatever went wrong, after rollback; nothing has happened then
   */
  async attempt(received: readonly ParsedRecord[]): Promise<void> {
    const trace = BatchTrace.begin(received);
    const records = trace?.records ?? received;
    const endTimer = this.metrics.commitSeconds.startTimer();
    const done = await this.database.transaction(async (inner) => {
      const tx = new CollectingTransaction(inner);
      const claim = await this.#inbox.claim(tx, records);
      const fresh = claim.fresh.filter((record) => record.poison === undefined);
      for (const [type, ofType] of Map.groupBy(fresh, (record) => record.event!.type)) {
        await this.handlers.get(type)!.handle({ events: ofType.map((record) => record.event!), tx });
      }
      const letters = [
        ...claim.fresh.filter((record) => record.poison !== undefined),
        ...claim.conflicting,
        ...(await this.#buryRejected(tx, fresh)),
      ].map((record) => this.#toDeadLetter(record));
      const rows = [...this.#toRows(tx, fresh), ...letters];
      writeOutbox(tx, rows, this.settings.outboxGraceMs);
      failpoint('batch.before-commit');
      return { tx, rows, fresh, duplicates: claim.duplicates, letters: letters.length };
    });
    failpoint('batch.after-commit');
    endTimer();
    this.metrics.handled.inc(done.fresh.length);
    this.metrics.duplicates.inc(done.duplicates);
    this.metrics.deadLetters.inc(done.letters);
    this.breakers.of(records[0]!.raw.origin.topic).record(done.fresh.length, done.letters);
    this.metrics.batchRecords.observe(records.length);
    this.publisher.publish(done.rows);
    trace?.end(done.fresh);
    done.tx.committed((error) => this.log.error('Work after a commit failed', { error }));
  }

  /** Dead-letters one record that could not be handled, in the transaction that marks it as dead. */
  async bury(record: ParsedRecord, error: unknown): Promise<void> {
    const poison = error instanceof KnownError ? error : toKnown(error);
    const { topic, partition, offset } = record.raw.origin;
    this.log.error('A record could not be handled and goes to the dead letters', {
      topic,
      partition,
      offset,
      code: poison.code,
      error,
    });
    const poisoned: ParsedRecord = { ...record, poison };
    const rows = await this.database.transaction(async (tx) => {
      const claim = await this.#inbox.claim(tx, [poisoned]);
      const letters = [...claim.fresh, ...claim.conflicting].map((dead) => this.#toDeadLetter(dead));
      writeOutbox(tx, letters, this.settings.outboxGraceMs);
      failpoint('bury.before-commit');
      return letters;
    });
    failpoint('bury.after-commit');
    this.metrics.deadLetters.inc(rows.length);
    this.breakers.of(topic).record(0, rows.length);
    this.publisher.publish(rows);
  }

  async #buryRejected(tx: CollectingTransaction, fresh: readonly ParsedRecord[]): Promise<ParsedRecord[]> {
    if (tx.rejected.size === 0) {
      return [];
    }
    const rejected = fresh.flatMap((record) => {
      const poison = tx.rejected.get(record.event!);
      return poison === undefined ? [] : [{ ...record, poison }];
    });
    await this.#inbox.bury(tx, rejected);
    return rejected;
  }

  /** An emitted event continues the trace of the event of the same subject, if one is in this batch. */
  #toRows(tx: CollectingTransaction, fresh: readonly ParsedRecord[]): OutboxRow[] {
    const traceparents = new Map<string, string>();
    for (const { event } of fresh) {
      rememberTrace(traceparents, event!);
    }
    return tx.outgoing.map((outgoing) =>
      toOutboxRow(
        this.settings,
        outgoing,
        outgoing.traceparent ?? traceparents.get(outgoing.subject) ?? currentTraceparent(),
      ),
    );
  }

  #toDeadLetter(record: ParsedRecord): OutboxRow {
    return toDeadLetterRow(this.settings.service, record, record.poison!);
  }
}

function rememberTrace(traceparents: Map<string, string>, event: ReceivedEvent<unknown>): void {
  if (event.traceparent !== undefined) {
    traceparents.set(event.subject, event.traceparent);
  }
}

/** The text of an unknown error may quote the record: its kind is told, its place is in the stack. */
function toKnown(error: unknown): KnownError {
  const kind = error instanceof Error ? error.name : typeof error;
  return new KnownError('HANDLER_FAILED', { detail: `The handler failed with ${kind}`, cause: error });
}
