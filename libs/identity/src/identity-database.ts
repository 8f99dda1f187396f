import type { Database, Statement, Transaction } from '@tollgate/persistence';
import { MERCHANTS_SCHEMA_DEFAULT, quoteIdentifier } from '@tollgate/persistence';

/** What runs statements: the database itself, each in a transaction of its own, or one transaction. */
export interface Queries {
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * The identity schema seen from a connection whose own schema may be another. Statements name its tables as
 * `identity.person`, and the merchants as `merchants.merchants`; here that becomes the schemas of this installation.
 */
export class IdentityDatabase implements Queries {
  readonly #database: Database;
  readonly #schema: string;
  readonly #merchantsSchema: string;
  readonly #placed = new Map<Statement, Statement>();

  /** @param merchantsSchema for those who keep the merchants; nobody else's statements name them */
  constructor(database: Database, schema: string, merchantsSchema: string = MERCHANTS_SCHEMA_DEFAULT) {
    this.#database = database;
    this.#schema = quoteIdentifier(schema);
    this.#merchantsSchema = quoteIdentifier(merchantsSchema);
  }

  query<Row>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return this.#database.query<Row>(this.#place(statement), values);
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#database.transaction((transaction: Transaction) => work(this.within(transaction)));
  }

  /** The same schema by the connection of a transaction that somebody else has begun, and ends. */
  within(transaction: Pick<Transaction, 'query'>): Queries {
    return { query: (statement, values = []) => transaction.query(this.#place(statement), values) };
  }

  #place(statement: Statement): Statement {
    let placed = this.#placed.get(statement);
    if (placed === undefined) {
      const text = statement.text
        .replaceAll(/\bidentity\./g, `${this.#schema}.`)
        .replaceAll(/\bmerchants\.merchants\b/g, `${this.#merchantsSchema}.merchants`);
      placed = { name: statement.name, text };
      this.#placed.set(statement, placed);
    }
    return placed;
  }
}

export const IDENTITY_SCHEMA_DEFAULT = 'identity';
