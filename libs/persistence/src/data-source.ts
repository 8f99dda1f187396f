import { setTimeout as delay } from 'node:timers/promises';
import { KnownError } from '@tollgate/contracts';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { type ConnectionLimits, POOL_SIZE_DEFAULT, toPoolConfig } from './connection.config.ts';
import { toDatabaseError } from './database.errors.ts';

/** A class given by its constructor: what TypeORM takes for entities and migrations. */
type ClassOf<T> = new (...values: never[]) => T;

export interface DatabaseOptions {
  /** The app's name: `application_name` at the server. */
  readonly service: string;
  readonly databaseUrl: string;
  /** The service's own schema. */
  readonly schema: string;
  readonly entities?: ReadonlyArray<ClassOf<object> | EntitySchema>;
  /** Listed one by one, those of libraries first; TypeORM orders them by the time stamp in their names. */
  readonly migrations?: ReadonlyArray<ClassOf<MigrationInterface>>;
  /** Connections of this process. */
  readonly poolSize?: number;
  /** How long to wait at start for a server that is not there yet. Milliseconds. */
  readonly startWaitMs?: number;
}

/** A database that starts together with the service is up within this time. */
export const START_WAIT_MS = 30_000;
const START_RETRY_MS = 250;

/**
 * Opens a TypeORM DataSource whose pool has our limits, column types and search_path.
 * @throws KnownError DATABASE_UNAVAILABLE when there is no server within `startWaitMs`
 */
export async function openDataSource(
  options: DatabaseOptions,
  limits: ConnectionLimits,
  onIdleError: (error: Error) => void,
): Promise<DataSource> {
  return withPatience(options.startWaitMs ?? START_WAIT_MS, () => {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.databaseUrl,
      entities: [...(options.entities ?? [])] as never,
      migrations: [...(options.migrations ?? [])] as never,
      migrationsTransactionMode: 'each',
      installExtensions: false,
      logging: false,
      poolErrorHandler: onIdleError,
      extra: toPoolConfig({
        service: options.service,
        schema: options.schema,
        poolSize: options.poolSize ?? POOL_SIZE_DEFAULT,
        limits,
      }),
    });
    return dataSource.initialize();
  });
}

/** Tries again while the database is away, until the time is over. */
export async function withPatience<T>(waitMs: number, attempt: () => Promise<T>): Promise<T> {
  const giveUpAt = Date.now() + waitMs;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      const error = toDatabaseError(cause);
      const away = error instanceof KnownError && error.retriable;
      if (!away || Date.now() >= giveUpAt) {
        throw error;
      }
      await delay(START_RETRY_MS);
    }
  }
}
