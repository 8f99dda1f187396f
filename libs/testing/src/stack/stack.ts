import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll } from '@jest/globals';
import { findFreePort } from '@tollgate/backends';
import type pg from 'pg';

import { adminPool, databaseUrl, testSchemaName } from '../test-database.ts';
import { testTopicPrefix } from '../test-topics.ts';
import { request } from './http-client.ts';
import type { HttpAnswer, HttpRequest } from './http-client.ts';
import { guardFolder } from './process-guard.ts';
import { ServiceProcess, portVariable } from './service-process.ts';
import { Shop } from './shop.ts';

/** The services with a schema of their own that every attempt passes. */
export const DATABASE_APPS = ['intake', 'risk', 'gateway', 'ledger'] as const;
/** What runs unless a test says otherwise: where nobody is asked to review, nobody needs approvals. */
export const APPS = [...DATABASE_APPS, 'sandbox'] as const;
/** The same with the service in which people decide. */
export const APPS_WITH_REVIEW = [...APPS, 'approvals'] as const;
const EVERY_APP = [...APPS_WITH_REVIEW, 'console'] as const;
/** The console runs where a test opens its page. */
export type App = (typeof EVERY_APP)[number];
export type DatabaseApp = Exclude<App, 'sandbox' | 'console'>;
const EVERY_DATABASE_APP = [...DATABASE_APPS, 'approvals'] as const;

export interface StackOptions {
  /** Tells several stacks of one test file apart. */
  part?: string;
  /** The attempts' clocks and whatever else every service shall be told. */
  environment?: Record<string, string>;
  /** What one service alone shall be told. */
  environmentOf?: Partial<Record<App, Record<string, string>>>;
  /** Another broker than the run's, for tests that stop it. */
  brokers?: string;
  /** Another PostgreSQL than the run's, by its administrator's connection string, for tests that stop it. */
  databaseUrl?: string;
  /** Where the services find what the test itself reaches directly: a proxy in between. */
  proxied?: { brokers?: string; databasePort?: number; primerApiUrl?: string; ledgerUrl?: string };
  /** Ports that must be known before the services start; the others are free ones. */
  ports?: Partial<Record<App, number>>;
  /** The services that shall run; the others are there to be started by the test. Default: {@link APPS}. */
  running?: readonly App[];
}

export interface StackCredentials {
  merchantId: string;
  intakeApiKey: string;
  operatorToken: string;
  primerApiKey: string;
  webhookSecret: string;
  masterKey: string;
  approvalsApiKey: string;
  platformApiKey: string;
  reviewers: readonly [StackAccount, StackAccount];
  operators: readonly [StackAccount, StackAccount];
  admin: StackAccount;
}

/** Whatever of the credentials must show nowhere: keys, tokens, passwords. */
export function secretsOf({ merchantId: _name, reviewers, operators, admin, ...keys }: StackCredentials): string[] {
  return [...Object.values(keys), ...[...reviewers, ...operators, admin].map(({ password }) => password)];
}

/** A person of the stack. */
export interface StackAccount {
  email: string;
  password: string;
}

/**
 * All seven services as processes of their own on the run's PostgreSQL and Kafka, with schemas, roles, topics and ports
 * of their own. Stopped when the test file is over.
 */
export class Stack {
  readonly shop: Shop;
  readonly #twins: ServiceProcess[] = [];

  constructor(
    readonly credentials: StackCredentials,
    readonly services: Readonly<Record<App, ServiceProcess>>,
    readonly topics: { brokers: string; prefix: string },
    readonly schemas: Readonly<Record<DatabaseApp | 'console' | 'merchants' | 'identity', string>>,
    private readonly pool: pg.Pool,
    private readonly folder: string,
    private readonly running: readonly App[] = APPS,
  ) {
    this.shop = new Shop({
      intakeUrl: services.intake.url,
      sandboxUrl: services.sandbox.url,
      intakeApiKey: credentials.intakeApiKey,
      operatorToken: credentials.operatorToken,
    });
  }

  /** The running services that have a schema. */
  get databaseApps(): readonly DatabaseApp[] {
    return EVERY_DATABASE_APP.filter((app) => this.running.includes(app));
  }

  /** Starts every service that shall run and does not, and resolves when all are ready. */
  async start(): Promise<void> {
    const services = this.running.map((app) => this.services[app]);
    for (const service of services) if (!service.isRunning) service.start();
    await Promise.all(services.map((service) => service.ready()));
  }

  /** Stops every service and removes the emulator's data. A second call does nothing. */
  async stop(): Promise<void> {
    if (this.pool.ending) return;
    await Promise.all([...Object.values(this.services), ...this.#twins].map((service) => service.stop()));
    await this.pool.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A second instance of a service, beside the first; not started yet, stopped with the stack. */
  async addTwin(app: App): Promise<ServiceProcess> {
    const twin = await this.services[app].twin();
    this.#twins.push(twin);
    return twin;
  }

  /** Every instance of these services, twins included, running or not. */
  instances(apps: readonly App[]): ServiceProcess[] {
    const twins = this.#twins.filter(({ app }) => apps.some((each) => each === app));
    return [...apps.map((app) => this.services[app]), ...twins];
  }

  /** Asks a service with the operator's token. */
  async ask<Body = Record<string, unknown>>(app: App, path: string, options?: HttpRequest): Promise<HttpAnswer<Body>> {
    return request<Body>(`${this.services[app].url}${path}`, { token: this.credentials.operatorToken, ...options });
  }

  /**
   * A session of one of the stack's people, as signing in at the page would give: its secret is a bearer key everywhere.
   * @param role given to the person first, where another one is wanted
   */
  async signIn({ email }: StackAccount, role?: 'viewer' | 'reviewer' | 'operator' | 'admin'): Promise<string> {
    const secret = `session_${randomBytes(32).toString('base64url')}`;
    const digest = createHash('sha256').update(secret).digest('hex');
    await this.query('UPDATE {identity}.person SET role = coalesce($2, role) WHERE email = $1', [email, role ?? null]);
    await this.query(
      `INSERT INTO {identity}.person_session
         (session_id, secret_sha256, person_id, signed_in_by, idle_until, expires_at)
       SELECT gen_random_uuid(), $2, person_id, 'password', now() + interval '1 hour', now() + interval '1 hour'
         FROM {identity}.person WHERE email = $1`,
      [email, digest],
    );
    return secret;
  }

  /** Rows of a statement run by the administrator; `{intake}` and so on stand for the services' schemas. */
  async query<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    const schemas: Record<string, string> = this.schemas;
    const statement = text.replaceAll(/\{(\w+)\}/g, (_, app: string) => schemas[app] ?? app);
    return (await this.pool.query(statement, values)).rows as Row[];
  }
}

/**
 * Prepares the database and starts all services; registers their end with jest.
 * @param fileUrl the test file's `import.meta.url`
 */
export async function startStack(fileUrl: string, options: StackOptions = {}): Promise<Stack> {
  const { part } = options;
  const topics = {
    ...testTopicPrefix(fileUrl, part),
    ...(options.brokers === undefined ? {} : { brokers: options.brokers }),
  };
  const credentials = makeCredentials();
  const schemaOf = (app: string): string => testSchemaName(fileUrl, part === undefined ? app : `${part}_${app}`);
  const schemas = {
    intake: schemaOf('intake'),
    risk: schemaOf('risk'),
    approvals: schemaOf('approvals'),
    console: schemaOf('console'),
    gateway: schemaOf('gateway'),
    ledger: schemaOf('ledger'),
    merchants: schemaOf('merchants'),
    identity: schemaOf('identity'),
  };
  const adminUrl = options.databaseUrl ?? databaseUrl();
  const databaseUrls = await prepareStackDatabase(adminUrl, testSchemaName(fileUrl, part), schemas, credentials);
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-test-sandbox-'));
  guardFolder(folder);
  const services = await makeServices({ credentials, schemas, databaseUrls, topics, folder, options });
  const stack = new Stack(
    credentials,
    services,
    topics,
    schemas,
    adminPool({ url: adminUrl }),
    folder,
    options.running,
  );
  afterAll(() => stack.stop());
  try {
    await stack.start();
  } catch (error) {
    // A file that fails while it is loaded has no afterAll any more.
    await stack.stop();
    throw error;
  }
  return stack;
}

async function prepareStackDatabase(
  adminUrl: string,
  rolePrefix: string,
  schemas: Stack['schemas'],
  credentials: StackCredentials,
): Promise<Readonly<Record<string, string>>> {
  // Here, because a test that only wants a sample event should not load an ORM.
  const { prepareDatabase, upsertMerchant } = await import('@tollgate/persistence');
  const { ensureKeysAndPeople, prepareIdentity } = await import('@tollgate/identity');
  const { masterKey, merchantId, intakeApiKey, primerApiKey, webhookSecret } = credentials;
  const shared = { adminUrl, masterKey, merchantsSchema: schemas.merchants };
  const apps = [...EVERY_DATABASE_APP, 'console'] as const;
  const services = apps.map((service) => ({ service, schema: schemas[service] }));
  const urls = await prepareDatabase({ ...shared, services, rolePrefix });
  await upsertMerchant({ ...shared, merchant: { merchantId, intakeApiKey, primerApiKey, webhookSecret } });
  const schema = schemas.identity;
  const ownerUrl = await prepareIdentity({ ...shared, rolePrefix, schema, readers: apps, writers: ['console'] });
  await ensureKeysAndPeople({
    databaseUrl: ownerUrl,
    schema,
    keys: [
      { place: 'approvalsApiKey', secret: credentials.approvalsApiKey, merchantId },
      { place: 'platformApiKey', secret: credentials.platformApiKey },
    ],
    people: toPeople(credentials),
    passwordCost: TEST_PASSWORD_COST,
  });
  return urls;
}

/** The least that argon2id takes: tests are about who gets in, not about how dear guessing is. */
const TEST_PASSWORD_COST = { memoryKib: 8, passes: 1 };

function toPeople({ reviewers, operators, admin }: StackCredentials) {
  return [
    ...reviewers.map((account) => ({ ...account, displayName: account.email, role: 'reviewer' as const })),
    ...operators.map((account) => ({ ...account, displayName: account.email, role: 'operator' as const })),
    { ...admin, displayName: admin.email, role: 'admin' as const },
  ];
}

function makeCredentials(): StackCredentials {
  const secret = (kind: string): string => `${kind}_${randomBytes(24).toString('base64url')}`;
  const account = (name: string): StackAccount => ({ email: `${name}@shop.test`, password: secret('password') });
  return {
    merchantId: `merchant-${randomBytes(4).toString('hex')}`,
    intakeApiKey: secret('intake'),
    operatorToken: secret('operator'),
    primerApiKey: secret('primer'),
    webhookSecret: secret('webhook'),
    masterKey: randomBytes(32).toString('base64'),
    approvalsApiKey: secret('approvals'),
    platformApiKey: secret('platform'),
    reviewers: [account('reviewer-1'), account('reviewer-2')],
    operators: [account('operator-1'), account('operator-2')],
    admin: account('admin'),
  };
}

async function makeServices(parts: {
  credentials: StackCredentials;
  schemas: Stack['schemas'];
  databaseUrls: Readonly<Record<string, string>>;
  topics: Stack['topics'];
  folder: string;
  options: StackOptions;
}): Promise<Record<App, ServiceProcess>> {
  const { credentials, schemas, databaseUrls, topics, folder, options } = parts;
  const ports = {} as Record<App, number>;
  for (const app of EVERY_APP) ports[app] = options.ports?.[app] ?? (await findFreePort());
  const { proxied = {} } = options;
  const shared = {
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    TOLLGATE_OPERATOR_TOKEN: credentials.operatorToken,
    ...options.environment,
  };
  const onBackends = (app: DatabaseApp | 'console'): Record<string, string> => ({
    ...shared,
    TOLLGATE_MASTER_KEY: credentials.masterKey,
    DATABASE_URL: atPort(databaseUrls[app] ?? '', proxied.databasePort),
    DATABASE_SCHEMA: schemas[app],
    MERCHANTS_SCHEMA: schemas.merchants,
    IDENTITY_SCHEMA: schemas.identity,
    KAFKA_BROKERS: proxied.brokers ?? topics.brokers,
    TOPIC_PREFIX: topics.prefix,
    PRIMER_API_URL: proxied.primerApiUrl ?? `http://127.0.0.1:${ports.sandbox}`,
  });
  const emulator = {
    ...shared,
    PRIMER_API_KEY: credentials.primerApiKey,
    PRIMER_WEBHOOK_SECRET: credentials.webhookSecret,
    SANDBOX_DATA_FILE: join(folder, 'sandbox.sqlite'),
    SANDBOX_SHOP_INTAKE_URL: `http://127.0.0.1:${ports.intake}`,
    SANDBOX_SHOP_INTAKE_API_KEY: credentials.intakeApiKey,
    SANDBOX_WEBHOOK_URL: `${proxied.ledgerUrl ?? `http://127.0.0.1:${ports.ledger}`}/webhooks/primer/${credentials.merchantId}`,
  };
  const addresses = Object.fromEntries(
    EVERY_DATABASE_APP.map((app) => [`${app.toUpperCase()}_URL`, `http://127.0.0.1:${ports[app]}`]),
  );
  const service = (app: App, environment: Record<string, string>): ServiceProcess =>
    new ServiceProcess({
      app,
      port: ports[app],
      environment: {
        ...environment,
        [portVariable(app)]: String(ports[app]),
        ...options.environmentOf?.[app],
      },
    });
  return {
    intake: service('intake', onBackends('intake')),
    risk: service('risk', onBackends('risk')),
    approvals: service('approvals', onBackends('approvals')),
    console: service('console', { ...onBackends('console'), ...addresses }),
    gateway: service('gateway', onBackends('gateway')),
    ledger: service('ledger', onBackends('ledger')),
    sandbox: service('sandbox', emulator),
  };
}

function atPort(url: string, port: number | undefined): string {
  if (port === undefined) return url;
  const moved = new URL(url);
  moved.port = String(port);
  return moved.href;
}
