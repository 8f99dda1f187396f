import type { KnownError, OutgoingEvent } from '@tollgate/contracts';
import type { Statement, Transaction } from '@tollgate/persistence';
import type { ReceivedEvent } from './received-event.ts';

/** A transaction whose events are written with it: committed together, published right after. */
export interface EventTransaction extends Transaction {
  /** Puts events into the outbox; nothing is sent before the commit. */
  emit(...events: OutgoingEvent[]): void;
  /** This one event cannot be handled: it becomes a dead letter in this transaction, the rest of the batch goes on. */
  reject(event: ReceivedEvent<unknown>, reason: KnownError): void;
  /**
   * Runs once, synchronously, right after a successful commit; never after a rollback, and not after a crash: only for
   * what a durable row would bring about anyway, a little later.
   */
  afterCommit(work: () => void): void;
}

/** What a handler gets. */
export interface EventBatch<Data> {
  /** New to this consumer, each once; events of one key in the order of their partition. Never empty. */
  readonly events: ReadonlyArray<ReceivedEvent<Data>>;
  readonly tx: EventTransaction;
}

/** Collects what a handler wants done at the end of its transaction. */
export class CollectingTransaction implements EventTransaction {
  readonly outgoing: OutgoingEvent[] = [];
  readonly #afterCommit: Array<() => void> = [];
  readonly rejected = new Map<ReceivedEvent<unknown>, KnownError>();
  readonly #inner: Transaction;

  constructor(inner: Transaction) {
    this.#inner = inner;
  }

  execute(text: string): Promise<void> {
    return this.#inner.execute(text);
  }

  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]> {
    return this.#inner.query<Row>(statement, values);
  }

  queryWithCommit(statement: Statement, values?: readonly unknown[]): void {
    this.#inner.queryWithCommit(statement, values);
  }

  emit(...events: OutgoingEvent[]): void {
    this.outgoing.push(...events);
  }

  reject(event: ReceivedEvent<unknown>, reason: KnownError): void {
    this.rejected.set(event, reason);
  }

  afterCommit(work: () => void): void {
    this.#afterCommit.push(work);
  }

  /** @param onError told of each failure: the commit stands all the same */
  committed(onError: (error: unknown) => void): void {
    for (const work of this.#afterCommit) {
      try {
        work();
      } catch (error) {
        onError(error);
      }
    }
  }
}
