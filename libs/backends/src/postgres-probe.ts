import { Client } from 'pg';

const CONNECT_WITHIN_MS = 2_000;

/** Whether a PostgreSQL answers a query at this address with these credentials. */
export async function answersSql(url: string): Promise<boolean> {
  return (await whyNoSql(url)) === undefined;
}

/** Why it does not answer, in the driver's words; undefined when it does. */
export async function whyNoSql(url: string): Promise<string | undefined> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return undefined;
  } catch (error) {
    return error instanceof AggregateError ? error.errors.map(String).join('; ') : String(error);
  } finally {
    await client.end().catch(() => {});
  }
}
