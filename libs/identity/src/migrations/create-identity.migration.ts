import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A SHA-256 in lower-case hex: all that is kept of a key, a session's secret or an invitation. */
const DIGEST = (column: string): string => `${column} text NOT NULL UNIQUE CHECK (${column} ~ '^[0-9a-f]{64}$')`;
const ROLES = `('viewer', 'reviewer', 'operator', 'admin')`;

const TABLES = [
  `CREATE TABLE person (
     person_id uuid PRIMARY KEY,
     email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
     display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
     role text NOT NULL CHECK (role IN ${ROLES}),
     password_hash text CHECK (password_hash LIKE '$argon2id$%'),
     issuer text,
     subject text,
     created_at timestamptz NOT NULL DEFAULT now(),
     disabled_at timestamptz,
     CHECK ((issuer IS NULL) = (subject IS NULL)),
     UNIQUE (issuer, subject))`,
  `CREATE TABLE person_session (
     session_id uuid PRIMARY KEY,
     ${DIGEST('secret_sha256')},
     person_id uuid NOT NULL REFERENCES person,
     signed_in_by text NOT NULL CHECK (signed_in_by IN ('password', 'oidc', 'invitation')),
     created_at timestamptz NOT NULL DEFAULT now(),
     idle_until timestamptz NOT NULL,
     expires_at timestamptz NOT NULL,
     ended_at timestamptz,
     ended_because text,
     CHECK ((ended_at IS NULL) = (ended_because IS NULL)))`,
  'CREATE INDEX person_session_open ON person_session (person_id) WHERE ended_at IS NULL',
  'CREATE INDEX person_session_by_end ON person_session (expires_at)',
  `CREATE TABLE api_key (
     key_id uuid PRIMARY KEY,
     name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
     ${DIGEST('secret_sha256')},
     kind text NOT NULL CHECK (kind IN ('merchant', 'platform')),
     merchant_id text,
     person_id uuid REFERENCES person,
     scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
     managed_as text UNIQUE,
     made_by text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     expires_at timestamptz,
     revoked_at timestamptz,
     revoked_by text,
     CHECK ((kind = 'merchant') = (merchant_id IS NOT NULL)),
     CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)))`,
  `CREATE TABLE invitation (
     invitation_id uuid PRIMARY KEY,
     ${DIGEST('token_sha256')},
     email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
     display_name text NOT NULL CHECK (length(display_name) BETWEEN 1 AND 120),
     role text NOT NULL CHECK (role IN ${ROLES}),
     invited_by text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     expires_at timestamptz NOT NULL,
     used_at timestamptz,
     person_id uuid REFERENCES person,
     CHECK ((used_at IS NULL) = (person_id IS NULL)))`,
  `CREATE TABLE login_attempt (
     attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     account_sha256 text NOT NULL,
     address text NOT NULL,
     at timestamptz NOT NULL DEFAULT clock_timestamp(),
     succeeded boolean NOT NULL DEFAULT false)`,
  'CREATE INDEX login_attempt_of_account ON login_attempt (account_sha256, at) WHERE NOT succeeded',
  'CREATE INDEX login_attempt_from_address ON login_attempt (address, at) WHERE NOT succeeded',
  `CREATE TABLE identity_audit (
     entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     at timestamptz NOT NULL DEFAULT clock_timestamp(),
     actor text NOT NULL,
     action text NOT NULL,
     subject text NOT NULL,
     facts jsonb NOT NULL DEFAULT '{}')`,
];

/** Whoever may write the table may add to it and nothing else: not even its owner changes what was recorded. */
const INSERT_ONLY = [
  `CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     RAISE EXCEPTION 'identity_audit is insert-only' USING ERRCODE = 'restrict_violation';
   END $$`,
  `CREATE TRIGGER identity_audit_insert_only BEFORE UPDATE OR DELETE ON identity_audit
     FOR EACH ROW EXECUTE FUNCTION refuse_change()`,
  `CREATE TRIGGER identity_audit_kept BEFORE TRUNCATE ON identity_audit
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`,
];

/** What services may see: whom a secret stands for while it does, and who people are; never a password's hash. */
const VIEWS = [
  `CREATE VIEW bearer AS
     SELECT k.secret_sha256, k.kind, k.scopes, k.merchant_id, k.key_id, k.person_id,
            NULL::text AS email, NULL::text AS display_name, NULL::text AS role
       FROM api_key k LEFT JOIN person p USING (person_id)
      WHERE k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND p.disabled_at IS NULL
     UNION ALL
     SELECT s.secret_sha256, 'person', NULL, NULL, NULL, p.person_id, p.email, p.display_name, p.role
       FROM person_session s JOIN person p USING (person_id)
      WHERE s.ended_at IS NULL AND s.idle_until > now() AND s.expires_at > now() AND p.disabled_at IS NULL`,
  `CREATE VIEW known_person AS
     SELECT person_id, email, display_name, role, disabled_at IS NULL AS is_active FROM person`,
];

/** Keys, people, their sessions, invitations, failed sign-ins and the record of who changed what. */
export class CreateIdentity1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...INSERT_ONLY, ...VIEWS]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW known_person, bearer');
    await runner.query('DROP TABLE identity_audit, login_attempt, invitation, api_key, person_session, person CASCADE');
    await runner.query('DROP FUNCTION refuse_change');
  }
}
