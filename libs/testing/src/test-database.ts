import { afterAll } from '@jest/globals';
import pg from 'pg';

import { refuseSecondConnections } from './one-connection.ts';
import { schemaPrefix, testFileId, testRunId } from './test-names.ts';

/** A schema of the test file's own in the database of the run. */
export interface TestDatabase {
  /** An administrator's connection string. */
  url: string;
  schema: string;
  /** Rows of a statement run as the administrator with the file's schema first in the search path; int8 are bigint. */
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
}

/**
 * An empty schema of the file's own (and, by `part`, several), removed after the run. Its connections are closed when
 * the file's tests are over. No transaction of a service in the file's process may take a second connection.
 * @param fileUrl the test file's `import.meta.url`
 */
export async function testDatabase(fileUrl: string, part?: string): Promise<TestDatabase> {
  const url = databaseUrl();
  const schema = testSchemaName(fileUrl, part);
  const pool = adminPool({ url, schema });
  afterAll(() => pool.end());
  refuseSecondConnections();
  await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE; CREATE SCHEMA ${schema}`);
  return {
    url,
    schema,
    query: async <Row>(text: string, values: unknown[] = []) => (await pool.query(text, values)).rows as Row[],
  };
}

/** The name of a schema that belongs to one test file; see {@link testDatabase}. */
export function testSchemaName(fileUrl: string, part?: string): string {
  return `${schemaPrefix(testRunId())}${testFileId(fileUrl)}${part === undefined ? '' : `_${part}`}`;
}

/** The administrator's connection string of this run. */
export function databaseUrl(): string {
  const url = process.env.DATABASE_URL;
  if (url === undefined)
    throw new Error('DATABASE_URL is not set: is the test in the project integration, e2e or integrity?');
  return url;
}

/** A small pool that reads int8 without loss. */
export function adminPool({ url, schema }: { url: string; schema?: string }): pg.Pool {
  const INT8 = 20;
  const types = {
    getTypeParser: (oid: number, format?: 'text' | 'binary') =>
      oid === INT8 ? BigInt : (pg.types.getTypeParser(oid, format) as unknown),
  };
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    types,
    ...(schema === undefined ? {} : { options: `-c search_path=${schema},public` }),
  });
  // An idle connection that breaks with its server is replaced; nobody listening would end the process.
  pool.on('error', () => undefined);
  return pool;
}
