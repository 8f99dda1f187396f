import { types } from 'pg';
import type { ClientBase, PoolConfig } from 'pg';
import { assertIdentifier } from './identifiers.ts';

/** Time limits of one connection, in milliseconds; 0 = none. */
export interface ConnectionLimits {
  /** The server ends a statement after it. */
  readonly statementTimeoutMs: number;
  /** The server stops waiting for a lock after it. */
  readonly lockTimeoutMs: number;
  /** The server ends a session that sits idle inside a transaction. */
  readonly idleInTransactionTimeoutMs: number;
  /** The client gives a connection up that does not answer at all (a stopped server, a cut cable). */
  readonly answerTimeoutMs: number;
}

/**
 * All of a service's limits stay below the 10 s session time-out of its Kafka consumers. A process that was paused
 * (SIGSTOP, a long garbage collection, a suspended machine) loses its partitions after those 10 s; by then the server
 * has ended its transaction and freed its locks, so it can neither hold its successor up nor write late.
 */
export const SERVICE_LIMITS: ConnectionLimits = {
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 3_000,
  idleInTransactionTimeoutMs: 5_000,
  answerTimeoutMs: 8_000,
};

/** A migration may rewrite a table, and waits for the migration of another instance that starts at the same time. */
export const MIGRATION_LIMITS: ConnectionLimits = {
  statementTimeoutMs: 10 * 60_000,
  lockTimeoutMs: 60_000,
  idleInTransactionTimeoutMs: 60_000,
  answerTimeoutMs: 11 * 60_000,
};

/** Waiting for a connection, a new one or a free one of the pool. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Connections of one process; group commits and consumers share them. */
export const POOL_SIZE_DEFAULT = 10;
/** Connections kept open when idle: reopening costs a fork of the server and every prepared statement. */
const POOL_IDLE_MIN = 2;
const POOL_IDLE_TIMEOUT_MS = 30_000;

const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

const parseTextArray = types.getTypeParser(1009 as never) as (text: string) => Array<string | null>;

/**
 * Parsers of this library's pools only (pg's own defaults stay as they are): int8 as bigint, because money is bigint
 * minor units; date as its text, because a day has no instant; timestamptz stays a Date.
 */
export const columnTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): unknown {
    if (format !== 'binary') {
      if (oid === INT8) {
        return BigInt;
      }
      if (oid === INT8_ARRAY) {
        return (text: string) => parseTextArray(text).map((item) => (item === null ? null : BigInt(item)));
      }
      if (oid === DATE) {
        return (text: string) => text;
      }
    }
    return types.getTypeParser(oid, format) as unknown;
  },
};

/**
 * What every connection of a pool starts with. Set in the start-up packet, so that no round trip is spent on it and no
 * connection can be without it.
 */
export function toPoolConfig(options: {
  service: string;
  schema: string;
  poolSize: number;
  limits: ConnectionLimits;
}): PoolConfig {
  const { limits } = options;
  return {
    max: options.poolSize,
    min: Math.min(POOL_IDLE_MIN, options.poolSize),
    idleTimeoutMillis: POOL_IDLE_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    onConnect: hearErrors,
    application_name: `tollgate-${options.service}`,
    // Statements here are short: compiling one would take longer than running it. What they look up lies in memory or on
    // a solid-state disk, so a young table is looked up by its index too, instead of read as a whole.
    options: `-c search_path=${assertIdentifier(options.schema)} -c jit=off -c random_page_cost=1.1`,
    statement_timeout: limits.statementTimeoutMs,
    lock_timeout: limits.lockTimeoutMs,
    idle_in_transaction_session_timeout: limits.idleInTransactionTimeoutMs,
    query_timeout: limits.answerTimeoutMs,
    // Statements that need not wait for each other's results travel together, the last one with its COMMIT.
    pipeline: true,
    types: columnTypes,
  };
}

/**
 * Between the pool, which listens to idle connections, and TypeORM, which listens to those in use, nobody does for a
 * moment. A server that ends a connection just then would end the process. The query that follows fails all the same.
 */
function hearErrors(client: ClientBase): void {
  client.on('error', () => undefined);
}
