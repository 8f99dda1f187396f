import { AsyncLocalStorage } from 'node:async_hooks';
import { afterAll } from '@jest/globals';
import { Database, type Statement, type Transaction } from '@tollgate/persistence';

/** A transaction under way, as what runs within it sees it. */
interface Held {
  readonly database: Database;
  isOver: boolean;
}

const within = new AsyncLocalStorage<Held>();
const taken: Error[] = [];
let isWatching = false;

/**
 * Fails the test file in whose services a transaction waited for a second connection of its own pool. Under load every
 * connection is held by somebody who waits for one more, and none of them goes on.
 */
export function refuseSecondConnections(): void {
  afterAll(() => {
    const [first] = taken.splice(0);
    if (first !== undefined) throw first;
  });
  if (isWatching) return;
  isWatching = true;
  const { query, transaction } = Object.getOwnPropertyDescriptors(Database.prototype);
  Database.prototype.query = function watched<Row>(this: Database, statement: Statement, values?: readonly unknown[]) {
    noteSecond(this, statement.name);
    return query.value!.call(this, statement, values) as Promise<Row[]>;
  };
  Database.prototype.transaction = function watched<T>(this: Database, work: (tx: Transaction) => Promise<T>) {
    noteSecond(this, 'another transaction');
    return transaction.value!.call(this, (tx) => {
      const held: Held = { database: this, isOver: false };
      return within.run(held, () => work(tx)).finally(() => (held.isOver = true));
    }) as Promise<T>;
  };
}

function noteSecond(database: Database, what: string): void {
  const held = within.getStore();
  if (held?.database === database && !held.isOver) {
    taken.push(new Error(`Within a transaction a second connection was taken, for ${what}`));
  }
}
