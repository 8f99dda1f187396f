import { randomUUID } from 'node:crypto';
import { KnownError, MERCHANT_KEY_SCOPES, PLATFORM_KEY_SCOPES, type Scope } from '@tollgate/contracts';
import { hashBearerKey, sql } from '@tollgate/persistence';
import { recordAudit } from '../audit/record-audit.ts';
import type { IdentityDatabase } from '../identity-database.ts';
import { makeSecret } from '../secrets.ts';

/** A key to be made. */
export interface KeyInput {
  /** What it is for, in words for people. */
  readonly name: string;
  /** Whose it is; without one it is the platform's, which acts for every merchant. */
  readonly merchantId?: string;
  /** E-mail address of the person who gets it. */
  readonly personEmail?: string;
  /** Default: everything that such a key may do. */
  readonly scopes?: readonly Scope[];
  readonly expiresAt?: Date;
}

/** A key as it is listed; its secret is known to whoever was given it, and to nobody else. */
export interface KeySummary {
  readonly keyId: string;
  readonly name: string;
  readonly kind: 'merchant' | 'platform';
  readonly merchantId: string | null;
  readonly personEmail: string | null;
  readonly scopes: readonly string[];
  /** `setup` for what it keeps. */
  readonly madeBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

const insertKey = sql(
  'identity-insert-key',
  `INSERT INTO identity.api_key
     (key_id, name, secret_sha256, kind, merchant_id, person_id, scopes, made_by, expires_at)
   VALUES ($1, $2, $3, $4, $5, (SELECT person_id FROM identity.person WHERE email = $6), $7::text[], $8, $9)
   RETURNING person_id`,
);
const upsertManagedKey = sql(
  'identity-upsert-managed-key',
  `INSERT INTO identity.api_key AS k (key_id, name, secret_sha256, kind, merchant_id, scopes, managed_as, made_by)
   VALUES ($1, $2, $3, $4, $5, $6::text[], $7, 'setup')
   ON CONFLICT (managed_as) DO UPDATE
     SET secret_sha256 = excluded.secret_sha256, merchant_id = excluded.merchant_id, scopes = excluded.scopes,
         revoked_at = CASE WHEN k.secret_sha256 = excluded.secret_sha256 THEN k.revoked_at END,
         revoked_by = CASE WHEN k.secret_sha256 = excluded.secret_sha256 THEN k.revoked_by END
     WHERE (k.secret_sha256, k.merchant_id, k.scopes)
           IS DISTINCT FROM (excluded.secret_sha256, excluded.merchant_id, excluded.scopes)
   RETURNING key_id`,
);
const listKeys = sql(
  'identity-list-keys',
  `SELECT k.key_id::text AS "keyId", k.name, k.kind, k.merchant_id AS "merchantId", p.email AS "personEmail", k.scopes,
          k.made_by AS "madeBy", k.created_at AS "createdAt", k.expires_at AS "expiresAt", k.revoked_at AS "revokedAt"
     FROM identity.api_key k LEFT JOIN identity.person p USING (person_id)
   UNION ALL
   SELECT $1 || m.merchant_id, $2, 'merchant', m.merchant_id, NULL, $3::text[],
          'setup', m.created_at, NULL, m.intake_key_revoked_at
     FROM merchants.merchants m
    ORDER BY "createdAt", "keyId"`,
);
const revokeKey = sql(
  'identity-revoke-key',
  `UPDATE identity.api_key SET revoked_at = clock_timestamp(), revoked_by = $2
    WHERE key_id::text = $1 AND revoked_at IS NULL RETURNING name`,
);
const revokeFirstKey = sql(
  'identity-revoke-first-key',
  `UPDATE merchants.merchants AS m
      SET intake_key_revoked_at = clock_timestamp(), intake_key_revoked_by = $2, updated_at = clock_timestamp()
    WHERE m.merchant_id = $1 AND m.intake_key_revoked_at IS NULL RETURNING $3::text AS name`,
);
const findFirstKey = sql('identity-find-first-key', 'SELECT 1 FROM merchants.merchants AS m WHERE m.merchant_id = $1');
const findKey = sql('identity-find-key', 'SELECT 1 FROM identity.api_key WHERE key_id::text = $1');

/**
 * The key that setup keeps with a merchant, `intakeApiKey` of the credentials, has no id of its own: it is called by its
 * merchant.
 */
const FIRST_KEY = { prefix: 'first-key:', name: 'intakeApiKey of the setup' } as const;

/** API keys: made, listed, revoked; each merchant's first one too, which stands with the merchant. Every change is recorded in its own transaction. */
export class Keys {
  constructor(private readonly database: IdentityDatabase) {}

  /**
   * @returns the secret, this once
   * @throws KnownError PERSON_NOT_FOUND; VALIDATION_FAILED for a scope that such a key must not have: services tell
   *   merchants apart on the routes of merchants' scopes only
   */
  async make(input: KeyInput, actor: string): Promise<{ keyId: string; secret: string }> {
    const kind = input.merchantId === undefined ? 'platform' : 'merchant';
    const scopes = input.scopes ?? scopesFor(kind);
    assertScopes(kind, scopes);
    const keyId = randomUUID();
    const secret = makeSecret(kind);
    await this.database.transaction(async (queries) => {
      const [row] = await queries.query<{ person_id: string | null }>(insertKey, [
        keyId,
        input.name,
        hashBearerKey(secret),
        kind,
        input.merchantId ?? null,
        input.personEmail?.toLowerCase() ?? null,
        scopes,
        actor,
        input.expiresAt ?? null,
      ]);
      if (input.personEmail !== undefined && row!.person_id === null) {
        throw new KnownError('PERSON_NOT_FOUND');
      }
      await recordAudit(queries, {
        actor,
        action: 'key made',
        subject: keyId,
        facts: { name: input.name, kind, merchantId: input.merchantId, personEmail: input.personEmail, scopes },
      });
    });
    return { keyId, secret };
  }

  /**
   * Puts a secret that setup keeps in place of the one that it kept there before. One that was revoked stays so until
   * setup comes with another secret.
   */
  async keepManaged(key: { place: string; secret: string; merchantId?: string }): Promise<void> {
    const kind = key.merchantId === undefined ? 'platform' : 'merchant';
    const scopes = scopesFor(kind);
    await this.database.transaction(async (queries) => {
      const rows = await queries.query<{ key_id: string }>(upsertManagedKey, [
        randomUUID(),
        `${key.place} of the first setup`,
        hashBearerKey(key.secret),
        kind,
        key.merchantId ?? null,
        scopes,
        key.place,
      ]);
      for (const { key_id: subject } of rows) {
        await recordAudit(queries, { actor: 'setup', action: 'key made', subject, facts: { place: key.place, kind } });
      }
    });
  }

  list(): Promise<KeySummary[]> {
    return this.database.query<KeySummary>(listKeys, [FIRST_KEY.prefix, FIRST_KEY.name, MERCHANT_KEY_SCOPES]);
  }

  /**
   * Services that believed the key a moment ago refuse it within three seconds.
   * @returns false when it was revoked before
   * @throws KnownError KEY_NOT_FOUND
   */
  async revoke(keyId: string, actor: string): Promise<boolean> {
    const isFirst = keyId.startsWith(FIRST_KEY.prefix);
    const subject = isFirst ? keyId.slice(FIRST_KEY.prefix.length) : keyId;
    return this.database.transaction(async (queries) => {
      const [row] = isFirst
        ? await queries.query<{ name: string }>(revokeFirstKey, [subject, actor, FIRST_KEY.name])
        : await queries.query<{ name: string }>(revokeKey, [subject, actor]);
      if (row !== undefined) {
        await recordAudit(queries, { actor, action: 'key revoked', subject: keyId, facts: { name: row.name } });
        return true;
      }
      if ((await queries.query(isFirst ? findFirstKey : findKey, [subject])).length === 0) {
        throw new KnownError('KEY_NOT_FOUND');
      }
      return false;
    });
  }
}

function scopesFor(kind: 'merchant' | 'platform'): readonly Scope[] {
  return kind === 'merchant' ? MERCHANT_KEY_SCOPES : PLATFORM_KEY_SCOPES;
}

function assertScopes(kind: 'merchant' | 'platform', scopes: readonly Scope[]): void {
  const foreign = scopes.filter((scope) => !scopesFor(kind).includes(scope));
  if (scopes.length === 0 || foreign.length > 0) {
    throw new KnownError('VALIDATION_FAILED', {
      detail:
        foreign.length > 0
          ? `a ${kind}'s key cannot carry ${foreign.join(', ')}; it can carry ${scopesFor(kind).join(', ')}`
          : 'a key needs a scope',
    });
  }
}
