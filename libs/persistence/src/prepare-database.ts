import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { CONNECT_TIMEOUT_MS } from './connection.config.ts';
import { toDatabaseError } from './database.errors.ts';
import { quoteIdentifier, quoteLiteral } from './identifiers.ts';
import { createMerchantsTable, grantMerchants, type MerchantSecret } from './merchants/merchants.sql.ts';
import { MERCHANTS_SCHEMA_DEFAULT } from './merchants/upsert-merchant.ts';
import { toRoleName, toRolePassword, toScramVerifier, toServiceUrl } from './service-roles.ts';

/** One service that shall have a role and a schema. */
export interface ServiceDatabase<Service extends string = string> {
  /** The app's name, for example `intake`: the role is `tollgate_intake`. */
  readonly service: Service;
  /** Default: the app's name. */
  readonly schema?: string;
  /** Secrets of merchants that its role may read. Default: {@link SERVICE_SECRETS}, by the app's name. */
  readonly merchantSecrets?: readonly MerchantSecret[];
  /** Whether its role may change merchants' settings and revoke their first keys. Default: no. */
  readonly keepsMerchants?: boolean;
}

/** Who needs which secret: the gateway calls Primer, the ledger reads back and checks webhooks, nobody else does. */
export const SERVICE_SECRETS: Readonly<Record<string, readonly MerchantSecret[]>> = {
  gateway: ['primerApiKey'],
  ledger: ['primerApiKey', 'webhookSecrets'],
};

export interface PrepareOptions<Service extends string = string> {
  /** May create roles (CREATEROLE) and schemas (CREATE on the database); superuser is not needed. */
  readonly adminUrl: string;
  readonly masterKey: string;
  readonly services: ReadonlyArray<ServiceDatabase<Service>>;
  readonly merchantsSchema?: string;
  /** Roles belong to the whole server: two installations on one server need two prefixes. Default `tollgate`. */
  readonly rolePrefix?: string;
}

/** The advisory lock under which one installation at a time prepares this database. */
const PREPARE_LOCK = 0x746f6c6d;
const STATEMENT_TIMEOUT_MS = 30_000;

/**
 * Roles are shared by all databases of a server, the lock is not: somebody else's preparation can still cross ours
 * (duplicate object, unique violation in the catalogue, "tuple concurrently updated"). Trying again settles it.
 */
const CROSSED_STATES = new Set(['42710', '23505', 'XX000', '40001', '40P01']);
const TRIES_MAX = 8;
const RETRY_MS = 100;

/**
 * Makes each service's login role and the schema it owns, and the merchants schema with its column grants. Idempotent;
 * safe when several run at once: everything is one transaction under an advisory lock.
 * @returns each service's connection string, by the app's name
 * @throws KnownError DATABASE_UNAVAILABLE; Error saying which right the administrator lacks
 */
export async function prepareDatabase<const Service extends string>(
  options: PrepareOptions<Service>,
): Promise<Readonly<Record<Service, string>>> {
  for (let tries = 1; ; tries++) {
    try {
      await prepareOnce(options);
      break;
    } catch (error) {
      if (tries >= TRIES_MAX || !CROSSED_STATES.has(stateOf(error))) {
        throw toPreparationError(error);
      }
      await delay(RETRY_MS * tries);
    }
  }
  const urls = options.services.map(({ service }) => {
    const role = toRoleName(service, options.rolePrefix);
    return [service, toServiceUrl(options.adminUrl, role, toRolePassword(options.masterKey, role))] as const;
  });
  return Object.fromEntries(urls) as Record<Service, string>;
}

async function prepareOnce(options: PrepareOptions): Promise<void> {
  const client = new Client({
    connectionString: options.adminUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: 'tollgate-setup',
  });
  try {
    await client.connect();
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [PREPARE_LOCK]);
    const admin = await describeAdministrator(client);
    const merchantsSchema = options.merchantsSchema ?? MERCHANTS_SCHEMA_DEFAULT;
    await closePublicSchema(client);
    await createMerchants(client, merchantsSchema);
    for (const service of options.services) {
      await prepareService(client, { service, options, admin, merchantsSchema });
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

interface Administrator {
  readonly isSuperuser: boolean;
  readonly database: string;
}

async function describeAdministrator(client: Client): Promise<Administrator> {
  const { rows } = await client.query<{ is_superuser: boolean; database: string }>(
    'SELECT rolsuper AS is_superuser, current_database() AS database FROM pg_roles WHERE rolname = current_user',
  );
  return { isSuperuser: rows[0]!.is_superuser, database: rows[0]!.database };
}

/** Before PostgreSQL 15 everybody may create in `public`. Without the right to revoke it this is only a warning. */
async function closePublicSchema(client: Client): Promise<void> {
  if (await schemaExists(client, 'public')) {
    await client.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  }
}

async function createMerchants(client: Client, schema: string): Promise<void> {
  if (!(await schemaExists(client, schema))) {
    await client.query(`CREATE SCHEMA ${quoteIdentifier(schema)}`);
    await client.query(`REVOKE ALL ON SCHEMA ${quoteIdentifier(schema)} FROM PUBLIC`);
  }
  await client.query(createMerchantsTable(schema));
}

async function prepareService(
  client: Client,
  context: { service: ServiceDatabase; options: PrepareOptions; admin: Administrator; merchantsSchema: string },
): Promise<void> {
  const { service, options, admin, merchantsSchema } = context;
  const role = toRoleName(service.service, options.rolePrefix);
  const schema = service.schema ?? service.service;
  await createRole(client, role, toRolePassword(options.masterKey, role), admin);
  if (!(await schemaExists(client, schema))) {
    await client.query(`CREATE SCHEMA ${quoteIdentifier(schema)} AUTHORIZATION ${quoteIdentifier(role)}`);
    await client.query(`REVOKE ALL ON SCHEMA ${quoteIdentifier(schema)} FROM PUBLIC`);
  }
  await client.query(
    `GRANT CONNECT ON DATABASE ${client.escapeIdentifier(admin.database)} TO ${quoteIdentifier(role)}`,
  );
  const secrets = service.merchantSecrets ?? SERVICE_SECRETS[service.service] ?? [];
  const { keepsMerchants = false } = service;
  for (const statement of grantMerchants({ schema: merchantsSchema, role, secrets, keepsMerchants })) {
    await client.query(statement);
  }
}

async function createRole(client: Client, role: string, password: string, admin: Administrator): Promise<void> {
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  const verifier = quoteLiteral(toScramVerifier(password));
  await client.query(`${verb} ROLE ${quoteIdentifier(role)} LOGIN PASSWORD ${verifier}`);
  if (!admin.isSuperuser) {
    // Only a member of a role may create a schema that the role shall own.
    await client.query(`GRANT ${quoteIdentifier(role)} TO CURRENT_USER`);
  }
}

async function schemaExists(client: Client, schema: string): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>('SELECT to_regnamespace($1) IS NOT NULL AS exists', [
    quoteIdentifier(schema),
  ]);
  return rows[0]!.exists;
}

function stateOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const INSUFFICIENT_PRIVILEGE = '42501';

function toPreparationError(error: unknown): unknown {
  if (stateOf(error) === INSUFFICIENT_PRIVILEGE) {
    return new Error(
      'The administrator of DATABASE_URL lacks a right: it must be allowed to create roles (CREATEROLE) and schemas ' +
        `(CREATE on the database). PostgreSQL says: ${(error as Error).message}`,
      { cause: error },
    );
  }
  return toDatabaseError(error);
}
