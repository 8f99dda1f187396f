import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { KnownError } from '@tollgate/contracts';
import type { Pool, PoolClient, QueryConfig, QueryResult } from 'pg';
import type { DataSource, Driver, EntityManager } from 'typeorm';
import { classifyDatabaseError, toDatabaseError } from './database.errors.ts';
import { type DatabaseOptions, openDataSource } from './data-source.ts';
import { SERVICE_LIMITS } from './connection.config.ts';
import { runMigrations } from './run-migrations.ts';
import { sql, type Statement } from './statement.ts';

/** One PostgreSQL transaction. It commits when the work given to {@link Database.transaction} returns. */
export interface Transaction {
  /** Runs a prepared statement on the transaction's connection: no ORM in between. */
  query<Row>(statement: Statement, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * The transaction's last statement, whose result nobody needs: it travels with COMMIT, without a round trip of its
   * own. Should it fail, nothing is committed and its error is thrown. One at most.
   */
  queryWithCommit(statement: Statement, values?: readonly unknown[]): void;
  /** Runs a text that cannot be prepared: DDL with names of its own in it. */
  execute(text: string): Promise<void>;
}

const selectNow = sql('database-now', 'SELECT clock_timestamp() AS now');

/**
 * A service's database: one TypeORM DataSource, with the hot path straight on its pool of pg connections. Unqualified
 * names in SQL mean the service's own schema (search_path).
 *
 * Errors: KnownError DATABASE_UNAVAILABLE or DATABASE_CONFLICT, both retriable; anything else (unique violations, bad
 * SQL) is thrown as pg made it.
 */
export class Database implements OnApplicationShutdown {
  readonly #dataSource: DataSource;

  private constructor(dataSource: DataSource) {
    this.#dataSource = dataSource;
  }

  /**
   * Connects, creates the schema where it is missing, and runs the pending migrations under an advisory lock.
   * Waits up to `startWaitMs` for a server that is not there yet.
   * @throws KnownError DATABASE_UNAVAILABLE when it does not come in time
   */
  static async open(options: DatabaseOptions): Promise<Database> {
    await runMigrations(options);
    return Database.connect(options);
  }

  /**
   * Connects to a schema as it is: for those who read another's and change nothing about it.
   * @throws KnownError DATABASE_UNAVAILABLE when there is no server within `startWaitMs`
   */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const logger = new Logger(Database.name);
    const dataSource = await openDataSource(options, SERVICE_LIMITS, (error) => {
      logger.warn(`an idle connection was lost, the pool opens another one: ${error.message}`);
    });
    return new Database(dataSource);
  }

  /** TypeORM's own door, for repositories off the hot path. */
  get dataSource(): DataSource {
    return this.#dataSource;
  }

  /** TypeORM outside of a transaction: each call takes its own connection. */
  get manager(): EntityManager {
    return this.#dataSource.manager;
  }

  /** One statement in a transaction of its own. */
  async query<Row>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.#connect();
    try {
      const rows = await runStatement<Row>(client, statement, values);
      client.release();
      return rows;
    } catch (error) {
      giveUp(client, error);
      throw toDatabaseError(error);
    }
  }

  /**
   * Runs `work` between BEGIN and COMMIT (READ COMMITTED). Statements that `work` issues without waiting for each other
   * are carried out in their order and share a round trip.
   *
   * When the connection breaks during COMMIT nobody knows whether it happened: the error is DATABASE_UNAVAILABLE,
   * retriable, so whatever is passed here must be safe to run twice (an inbox row, an ON CONFLICT, a fence).
   * @throws what `work` throws, after ROLLBACK
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const client = await this.#connect();
    let result: T;
    let last: readonly [Statement, readonly unknown[]] | undefined;
    let isOver = false;
    let firstFailure: unknown;
    // What still runs after its neighbour has failed must not go on, on a connection that is another's by then.
    const assertOpen = (): void => {
      if (isOver) throw new Error('The transaction is over');
    };
    try {
      // Waited for: should it fail, what follows would commit by itself, statement by statement.
      await client.query('BEGIN');
      result = await work({
        query: async (statement, values = []) => {
          assertOpen();
          try {
            return await runStatement(client, statement, values);
          } catch (error) {
            firstFailure ??= error;
            throw toDatabaseError(error);
          }
        },
        queryWithCommit: (statement, values = []) => {
          if (last !== undefined) throw new Error(`Only one statement can be the last: ${statement.name} is too much`);
          last = [statement, values];
        },
        execute: async (text) => {
          assertOpen();
          await client.query(text);
        },
      });
      isOver = true;
    } catch (error) {
      isOver = true;
      const reason = isAfterFailure(error) ? firstFailure : error;
      await rollBack(client, reason);
      throw toDatabaseError(reason);
    }
    try {
      await commit(client, last);
      client.release();
      return result;
    } catch (error) {
      giveUp(client, error);
      throw toDatabaseError(error, 'The connection broke during COMMIT: whether it happened is not known');
    }
  }

  /** The database's clock, the only one that deadlines are measured by. Milliseconds are kept. */
  async now(): Promise<Date> {
    const [row] = await this.query<{ now: Date }>(selectNow);
    return row!.now;
  }

  /** @throws KnownError DATABASE_UNAVAILABLE when the database does not answer (for readiness) */
  async assertReachable(): Promise<void> {
    await this.now();
  }

  /** How the pool is used just now. */
  connectionCounts(): { readonly open: number; readonly idle: number; readonly waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { open: totalCount, idle: idleCount, waiting: waitingCount };
  }

  /** Closes every connection; queries in hand end first. */
  async close(): Promise<void> {
    if (this.#dataSource.isInitialized) {
      await this.#dataSource.destroy();
    }
  }

  /** Last of Nest's hooks: consumers and HTTP have ended by then. */
  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  get #pool(): Pool {
    return (this.#dataSource.driver as Driver & { master: Pool }).master;
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw toDatabaseError(error);
    }
  }
}

async function rollBack(client: PoolClient, cause: unknown): Promise<void> {
  if (isConnectionLost(cause)) {
    giveUp(client, cause);
    return;
  }
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch (error) {
    // The server rolls back by itself when the session ends; `cause` stays the error that is reported.
    giveUp(client, error);
  }
}

/** Returns the connection to the pool, or, when it is of no more use, takes care that the pool forgets it. */
function giveUp(client: PoolClient, cause: unknown): void {
  const isUseless = isConnectionLost(cause) || client.getTransactionStatus() !== 'I';
  if (isUseless) {
    // The pool ends it; the socket is not waited for, the server may be gone or stopped.
    client.connection.stream.destroy();
  }
  client.release(isUseless);
}

/** Also true for a KnownError that a nested call has made of the same fault. */
function isConnectionLost(error: unknown): boolean {
  if (error instanceof KnownError && error.code === 'DATABASE_UNAVAILABLE') {
    return true;
  }
  return classifyDatabaseError(error) === 'unavailable';
}

async function runStatement<Row>(client: PoolClient, statement: Statement, values: readonly unknown[]): Promise<Row[]> {
  gatherWrites(client);
  const config: QueryConfig = { name: statement.name, text: statement.text, values: values as unknown[] };
  const result = await client.query(config);
  return result.rows as Row[];
}

/** `in_failed_sql_transaction`: a statement was refused only because one before it, issued together with it, had failed. */
function isAfterFailure(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === '25P02';
}

/** Whatever is issued in this turn of the event loop leaves in one packet. */
function gatherWrites({ connection: { stream } }: PoolClient): void {
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** Sends the last statement, if there is one, and COMMIT in one go. @throws the statement's error before any other */
async function commit(
  client: PoolClient,
  last: readonly [statement: Statement, values: readonly unknown[]] | undefined,
): Promise<void> {
  gatherWrites(client);
  const done = last === undefined ? undefined : runStatement(client, ...last);
  const committed = client.query('COMMIT');
  const [statement, commitment] = await Promise.allSettled([done, committed]);
  if (statement.status === 'rejected') {
    throw statement.reason;
  }
  if (commitment.status === 'rejected') {
    throw commitment.reason;
  }
  assertCommitted(commitment.value);
}

/**
 * PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error. Work that swallowed a failed statement
 * must not pass for committed.
 */
function assertCommitted({ command }: QueryResult): void {
  if (command !== 'COMMIT') {
    throw new Error('The transaction was rolled back: one of its statements failed and the error was swallowed');
  }
}
