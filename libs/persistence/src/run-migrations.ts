import { Client } from 'pg';
import { MigrationExecutor } from 'typeorm';
import { MIGRATION_LIMITS, toPoolConfig } from './connection.config.ts';
import { type DatabaseOptions, openDataSource, START_WAIT_MS, withPatience } from './data-source.ts';
import { quoteIdentifier } from './identifiers.ts';

/** First key of the advisory locks that migrations take; the second one is the schema's hash. */
const MIGRATION_LOCK = 0x746f6c6c;

/**
 * Runs the pending migrations of one schema, each in its own transaction. Instances that start together take turns:
 * the lock belongs to the session, so it is freed even if this process is killed.
 * @throws Error of the migration that failed; nothing of it stays behind
 */
export async function runMigrations(options: DatabaseOptions): Promise<void> {
  await createMissingSchema(options);
  if ((options.migrations ?? []).length === 0) {
    return;
  }
  const dataSource = await openDataSource({ ...options, poolSize: 1, entities: [] }, MIGRATION_LIMITS, () => undefined);
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK, options.schema]);
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    await executor.executePendingMigrations();
  } finally {
    await runner.release();
    await dataSource.destroy();
  }
}

/** `prepareDatabase` makes the schemas of a full installation; a service started alone makes its own. */
async function createMissingSchema(options: DatabaseOptions): Promise<void> {
  await withPatience(options.startWaitMs ?? START_WAIT_MS, async () => {
    const client = new Client({
      ...toPoolConfig({ service: options.service, schema: options.schema, poolSize: 1, limits: MIGRATION_LIMITS }),
      connectionString: options.databaseUrl,
    });
    // A connection that breaks fails its statement; as an event that nobody hears it would end the process.
    client.on('error', () => undefined);
    await client.connect();
    try {
      const { rows } = await client.query<{ exists: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS exists', [
        quoteIdentifier(options.schema),
      ]);
      if (rows[0]?.exists !== true) {
        await client.query('SELECT pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK, options.schema]);
        await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(options.schema)}`);
      }
    } finally {
      await client.end();
    }
  });
}
