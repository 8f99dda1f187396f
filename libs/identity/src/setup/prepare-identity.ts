import {
  Database,
  prepareDatabase,
  quoteIdentifier,
  ROLE_PREFIX_DEFAULT,
  sql,
  toRoleName,
} from '@tollgate/persistence';
import { IDENTITY_SCHEMA_DEFAULT } from '../identity-database.ts';
import { CreateIdentity1764100000000 } from '../migrations/create-identity.migration.ts';
import { MarkFirstAdminInvitations1764200000000 } from '../migrations/mark-first-admin-invitations.migration.ts';

/** The database role that owns the schema and keeps the merchants; setup and the command line are its only users. */
const OWNER = 'identity';
const SETUP_POOL_SIZE = 2;

export interface PrepareIdentityOptions {
  /** May create roles and schemas, see `prepareDatabase`. */
  readonly adminUrl: string;
  readonly masterKey: string;
  /** Services that look keys and people up; their roles must be there. */
  readonly readers: readonly string[];
  /** Services that also sign people in and change them. */
  readonly writers?: readonly string[];
  readonly schema?: string;
  readonly merchantsSchema?: string;
  readonly rolePrefix?: string;
}

/** What a writer may do to each table: nobody but the owner revises keys, and nobody the audit. */
const WRITER_GRANTS = [
  ['SELECT, INSERT, UPDATE', 'person'],
  ['SELECT, INSERT, UPDATE, DELETE', 'person_session'],
  ['SELECT, INSERT, UPDATE', 'invitation'],
  ['SELECT, INSERT, UPDATE, DELETE', 'login_attempt'],
  ['SELECT', 'api_key'],
  ['SELECT, INSERT', 'identity_audit'],
] as const;

/**
 * Makes the identity schema with its owner's role and lets services see what they need of it. Idempotent; runs pending
 * migrations of an older installation.
 * @returns the owner's connection string
 * @throws KnownError DATABASE_UNAVAILABLE; Error saying which right the administrator lacks
 */
export async function prepareIdentity(options: PrepareIdentityOptions): Promise<string> {
  const { adminUrl, masterKey, readers, writers = [], schema = IDENTITY_SCHEMA_DEFAULT, rolePrefix } = options;
  const urls = await prepareDatabase({
    adminUrl,
    masterKey,
    services: [{ service: OWNER, schema, keepsMerchants: true }],
    ...(options.merchantsSchema === undefined ? {} : { merchantsSchema: options.merchantsSchema }),
    ...(rolePrefix === undefined ? {} : { rolePrefix }),
  });
  const database = await Database.open({
    service: OWNER,
    databaseUrl: urls[OWNER],
    schema,
    migrations: [CreateIdentity1764100000000, MarkFirstAdminInvitations1764200000000],
    poolSize: SETUP_POOL_SIZE,
  });
  try {
    const roleOf = (service: string): string => quoteIdentifier(toRoleName(service, rolePrefix ?? ROLE_PREFIX_DEFAULT));
    await database.transaction(async (transaction) => {
      // Two setups that grant at once would stumble over each other in the catalogue.
      await transaction.query(lockSetup);
      for (const statement of toGrants(quoteIdentifier(schema), readers.map(roleOf), writers.map(roleOf))) {
        await transaction.execute(statement);
      }
    });
  } finally {
    await database.close();
  }
  return urls[OWNER];
}

const lockSetup = sql('identity-lock-setup', "SELECT pg_advisory_xact_lock(hashtext('tollgate/identity/setup'))");

function toGrants(schema: string, readers: readonly string[], writers: readonly string[]): string[] {
  const everybody = [...new Set([...readers, ...writers])];
  return [
    ...everybody.flatMap((role) => [
      `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
      `GRANT SELECT ON ${schema}.bearer, ${schema}.known_person TO ${role}`,
    ]),
    ...writers.flatMap((role) =>
      WRITER_GRANTS.map(([rights, table]) => `GRANT ${rights} ON ${schema}.${table} TO ${role}`),
    ),
  ];
}
