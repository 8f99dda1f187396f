import { quoteIdentifier } from '../identifiers.ts';

/** Columns of the shared table, by what they hold. The rest of the library names them through here. */
export const MERCHANT_COLUMNS = {
  /** Every service may read these. The key's hash is of 256 random bits: knowing it opens nothing. */
  open: ['merchant_id', 'name', 'settings', 'intake_key_sha256', 'intake_key_revoked_at', 'updated_at'],
  primerApiKey: ['primer_api_key_sealed'],
  webhookSecrets: ['webhook_secret_sealed', 'webhook_secret_secondary_sealed', 'webhook_secret_secondary_until'],
} as const;

/** What whoever keeps the merchants reads beside the open columns, and what of a merchant they may change. */
const KEPT_COLUMNS = {
  reads: ['created_at', 'intake_key_revoked_by'],
  changes: ['settings', 'intake_key_revoked_at', 'intake_key_revoked_by', 'updated_at'],
} as const;

/** Secrets that a service may be granted. */
export type MerchantSecret = Exclude<keyof typeof MERCHANT_COLUMNS, 'open'>;

/** Longest merchant id; the contract's limit for every outside id. */
const ID_LENGTH_MAX = 256;

/** The table of merchants: made by the setup step, which alone writes keys and secrets. An older one gains what it lacks. */
export function createMerchantsTable(schema: string): string {
  return `
    CREATE TABLE IF NOT EXISTS ${quoteIdentifier(schema)}.merchants (
      merchant_id text PRIMARY KEY CHECK (length(merchant_id) BETWEEN 1 AND ${ID_LENGTH_MAX}),
      name text NOT NULL,
      settings jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(settings) = 'object'),
      intake_key_sha256 text NOT NULL UNIQUE CHECK (intake_key_sha256 ~ '^[0-9a-f]{64}$'),
      primer_api_key_sealed text NOT NULL,
      webhook_secret_sealed text NOT NULL,
      webhook_secret_secondary_sealed text,
      webhook_secret_secondary_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      CHECK ((webhook_secret_secondary_sealed IS NULL) = (webhook_secret_secondary_until IS NULL))
    );
    ALTER TABLE ${quoteIdentifier(schema)}.merchants
      ADD COLUMN IF NOT EXISTS intake_key_revoked_at timestamptz,
      ADD COLUMN IF NOT EXISTS intake_key_revoked_by text`;
}

/** Grants one role what it may read: columns, not the table. What it was granted before is taken back first. */
export function grantMerchants(options: {
  schema: string;
  role: string;
  secrets: readonly MerchantSecret[];
  keepsMerchants: boolean;
}): readonly string[] {
  const table = `${quoteIdentifier(options.schema)}.merchants`;
  const role = quoteIdentifier(options.role);
  const every = [...new Set([...Object.values(MERCHANT_COLUMNS), ...Object.values(KEPT_COLUMNS)].flat())].join(', ');
  const allowed = toReadableColumns(options.secrets).join(', ');
  const { reads, changes } = KEPT_COLUMNS;
  return [
    `GRANT USAGE ON SCHEMA ${quoteIdentifier(options.schema)} TO ${role}`,
    `REVOKE ALL ON ${table} FROM ${role}`,
    `REVOKE ALL (${every}) ON ${table} FROM ${role}`,
    `GRANT SELECT (${allowed}) ON ${table} TO ${role}`,
    ...(options.keepsMerchants
      ? [`GRANT SELECT (${reads.join(', ')}), UPDATE (${changes.join(', ')}) ON ${table} TO ${role}`]
      : []),
  ];
}

/** Columns that a service with these secrets may name in a SELECT. */
export function toReadableColumns(secrets: readonly MerchantSecret[]): readonly string[] {
  return [...MERCHANT_COLUMNS.open, ...secrets.flatMap((secret) => MERCHANT_COLUMNS[secret])];
}

/**
 * $1 id, $2 name, $3 settings or null to keep them, $4 key hash, $5 primer key, $6-$8 webhook secrets, $9 settings
 * of a merchant that is not there yet. A key that was revoked stays so until there is another one.
 */
export function upsertMerchantRow(schema: string): string {
  return `
    INSERT INTO ${quoteIdentifier(schema)}.merchants AS m (
      merchant_id, name, settings, intake_key_sha256, primer_api_key_sealed,
      webhook_secret_sealed, webhook_secret_secondary_sealed, webhook_secret_secondary_until)
    VALUES ($1, $2, coalesce($3::jsonb, $9::jsonb, '{}'), $4, $5, $6, $7, $8)
    ON CONFLICT (merchant_id) DO UPDATE SET
      name = excluded.name,
      settings = coalesce($3::jsonb, m.settings),
      intake_key_sha256 = excluded.intake_key_sha256,
      intake_key_revoked_at =
        CASE WHEN m.intake_key_sha256 = excluded.intake_key_sha256 THEN m.intake_key_revoked_at END,
      intake_key_revoked_by =
        CASE WHEN m.intake_key_sha256 = excluded.intake_key_sha256 THEN m.intake_key_revoked_by END,
      primer_api_key_sealed = excluded.primer_api_key_sealed,
      webhook_secret_sealed = excluded.webhook_secret_sealed,
      webhook_secret_secondary_sealed = excluded.webhook_secret_secondary_sealed,
      webhook_secret_secondary_until = excluded.webhook_secret_secondary_until,
      updated_at = now()`;
}
