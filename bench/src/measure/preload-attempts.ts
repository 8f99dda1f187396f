import pg from 'pg';

/** What a concluded attempt leaves behind, by service. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  intake: ['attempts', 'attempt_timeline', 'inbox'],
  risk: ['decisions', 'subjects', 'inbox'],
  gateway: ['attempt_action', 'payment_sighting', 'inbox'],
  ledger: ['deliveries', 'evidence', 'payments', 'journal_entries', 'postings', 'read_backs', 'inbox'],
};

/**
 * What a copy has of its own, by column, or by service and column: an expression of the original's text, as a literal,
 * and of `g`, the copy's number.
 */
const OWN_VALUES: Readonly<Record<string, (original: string) => string>> = {
  event_id: (original) => `md5(${original} || g)::uuid::text`,
  delivery_id: (original) => `md5(${original} || g)::uuid`,
  evidence_id: (original) => `md5(${original} || g)::uuid::text`,
  'risk.key': (original) => `md5(${original} || g)::uuid`,
  'ledger.entry_id': (original) => `${original}::bigint + g`,
  // Nothing is due: it is the size of the tables that is measured, not what else there is to do.
  compared_at: () => 'now()',
  next_read_at: () => `now() + interval '30 days'`,
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
        copies.push({
          table: `${schema}.${table}`,
          statement: await prepareCopy(client, { schema, table, originalId }),
        });
      }
    }
    for (let from = 1; from <= count; from += CHUNK) {
      interrupted.throwIfAborted();
      const values = [from, Math.min(from + CHUNK - 1, count)];
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

/** @returns the one statement (an entry's postings balance only together) that writes the copies `$1` to `$2` */
async function prepareCopy(
  client: pg.Client,
  { schema, table, originalId }: { schema: string; table: string; originalId: string },
): Promise<string> {
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `SELECT column_name AS name, udt_name AS type FROM information_schema.columns
     WHERE table_schema = $1 AND table_name = $2 AND is_identity = 'NO' AND is_generated = 'NEVER'`,
    [schema, table],
  );
  const texts = columns.map(({ name }) => `"${name}"::text`).join(', ');
  const originals = await client.query<(string | null)[]>({
    text: `SELECT ${texts} FROM ${schema}.${table}`,
    rowMode: 'array',
  });
  if (originals.rows.length === 0) throw new Error(`${schema}.${table} holds nothing of the one checkout`);
  const names = columns.map(({ name }) => `"${name}"`).join(', ');
  const selects = originals.rows.map((row) => {
    const values = columns.map(({ name, type }, index) => {
      const text = row[index] ?? null;
      const own = OWN_VALUES[`${schema}.${name}`] ?? OWN_VALUES[name];
      if (text === null && own === undefined) return `NULL::${type}`;
      const literal = client.escapeLiteral(text ?? '');
      return own === undefined ? `${withOwnIds(literal, originalId)}::${type}` : own(literal);
    });
    return `SELECT ${values.join(', ')} FROM generate_series($1::bigint, $2::bigint) AS g`;
  });
  return `INSERT INTO ${schema}.${table} (${names}) ${selects.join(' UNION ALL ')} ON CONFLICT DO NOTHING`;
}

/** The literal with the attempt's id, and its hexadecimal digits alone, replaced by the copy's. */
function withOwnIds(literal: string, originalId: string): string {
  const digits = originalId.replaceAll('-', '');
  if (!literal.includes(originalId) && !literal.includes(digits)) return literal;
  return `replace(replace(${literal}, '${originalId}', md5(g::text)::uuid::text), '${digits}', md5(g::text))`;
}
