import pg from 'pg';

/** What a concluded attempt leaves behind, by service. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  intake: ['attempts', 'attempt_timeline', 'inbox'],
  risk: ['decisions', 'velocity_subjects', 'velocity_buckets', 'inbox'],
  gateway: ['attempt_action', 'payment_sighting', 'inbox'],
  ledger: ['deliveries', 'evidence', 'payments', 'journal_entries', 'postings', 'read_backs', 'inbox'],
};

/** What a copy has of its own, by column, or by service and column: `original` is the original's row as JSON, `g` the copy's number. */
const OWN_VALUES: Readonly<Record<string, string>> = {
  event_id: `md5((original->>'event_id') || g)::uuid`,
  delivery_id: `md5((original->>'delivery_id') || g)::uuid`,
  evidence_id: `md5((original->>'evidence_id') || g)::uuid`,
  'ledger.entry_id': `(original->>'entry_id')::bigint + g`,
  // Nothing is due: it is the size of the tables that is measured, not what else there is to do.
  compared_at: 'now()',
  next_read_at: `now() + interval '30 days'`,
};

/** Copies of one statement: short enough to be interrupted between two. */
const CHUNK = 10_000;

/**
 * Multiplies the one checkout that a database holds: `count` copies of each of its rows, every copy with ids of its own.
 * @param originalId the checkout's attempt id
 */
export async function preloadAttempts(
  databaseUrl: string,
  { originalId, count, interrupted }: { originalId: string; count: number; interrupted: AbortSignal },
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SET synchronous_commit = off');
    const copies = [];
    for (const [schema, tables] of Object.entries(TABLES)) {
      for (const table of tables) {
        copies.push({ table: `${schema}.${table}`, statement: await prepareCopy(client, schema, table) });
      }
    }
    for (let from = 1; from <= count; from += CHUNK) {
      interrupted.throwIfAborted();
      const values = [from, Math.min(from + CHUNK - 1, count), originalId, originalId.replaceAll('-', '')];
      for (const { table, statement } of copies) {
        await client.query(statement, values);
        // The ledger's own check joins what was just written, and must not take the tables for empty.
        if (from === 1) await client.query(`ANALYZE ${table}`);
      }
    }
    await client.query(`SELECT setval('ledger.journal_entry_ids', (SELECT max(entry_id) FROM ledger.journal_entries))`);
    await client.query('UPDATE ledger.account_balances SET balance_minor = balance_minor * ($1::bigint + 1)', [count]);
    await client.query('VACUUM (ANALYZE)');
  } finally {
    await client.end();
  }
}

/** @returns the statement that writes the copies `$1` to `$2` of the attempt `$3`, whose hexadecimal digits are `$4` */
async function prepareCopy(client: pg.Client, schema: string, table: string): Promise<string> {
  const name = `${schema}.${table}`;
  const originals = `originals_${schema}_${table}`;
  await client.query(`CREATE TEMP TABLE ${originals} AS SELECT to_jsonb(t) AS original FROM ${name} AS t`);
  const { rows } = await client.query<{ column: string }>(
    `SELECT column_name AS column FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = $2 AND is_identity = 'NO' AND is_generated = 'NEVER'`,
    [schema, table],
  );
  const columns = rows.map(({ column }) => column);
  const own = columns.flatMap((column) => {
    const value = OWN_VALUES[`${schema}.${column}`] ?? OWN_VALUES[column];
    return value === undefined ? [] : [`'${column}', ${value}`];
  });
  const list = columns.map((column) => `"${column}"`).join(', ');
  return `
    INSERT INTO ${name} (${list})
    SELECT ${columns.map((column) => `copy."${column}"`).join(', ')}
    FROM ${originals}, generate_series($1::bigint, $2::bigint) AS g,
      LATERAL jsonb_populate_record(
        NULL::${name},
        replace(replace(original::text, $3, md5(g::text)::uuid::text), $4, md5(g::text))::jsonb
          || jsonb_build_object(${own.join(', ')})
      ) AS copy
    ON CONFLICT DO NOTHING`;
}
