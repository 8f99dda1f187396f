import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { userInfo } from 'node:os';
import { type DeadLetterBoxOptions, type InboxAddress, messagingEnvironment } from '@tollgate/messaging';
import { IDENTITY_SCHEMA_DEFAULT } from '@tollgate/identity';
import { MERCHANTS_SCHEMA_DEFAULT, toServiceDatabaseUrl } from '@tollgate/persistence';
import { ConfigError, portNumber, readConfig } from '@tollgate/platform';
import { z } from 'zod';

const opsEnvironment = z.object({
  KAFKA_BROKERS: messagingEnvironment.shape.KAFKA_BROKERS.optional(),
  KAFKA_PORT: portNumber.default(4092),
  TOPIC_PREFIX: messagingEnvironment.shape.TOPIC_PREFIX,
  KAFKA_REPLICATION_FACTOR: messagingEnvironment.shape.KAFKA_REPLICATION_FACTOR,
  DATABASE_URL: z.url().optional(),
  POSTGRES_PORT: portNumber.default(4032),
  INBOX_SCHEMAS: z
    .string()
    .regex(/^\w+=\w+(,\w+=\w+)*$/, { error: 'service=schema, comma separated' })
    .optional(),
  IDENTITY_SCHEMA: z.string().default(IDENTITY_SCHEMA_DEFAULT),
  MERCHANTS_SCHEMA: z.string().default(MERCHANTS_SCHEMA_DEFAULT),
  TOLLGATE_MASTER_KEY: z.string().optional(),
  TOLLGATE_OPERATOR_TOKEN: z.string().optional(),
  TOLLGATE_PASSWORD: z.string().optional(),
  HOST: z.string().default('127.0.0.1'),
  CONSOLE_PORT: portNumber.default(4000),
  CONSOLE_PUBLIC_URL: z.url().optional(),
  INTAKE_PORT: portNumber.default(4001),
  RISK_PORT: portNumber.default(4002),
  GATEWAY_PORT: portNumber.default(4004),
  LEDGER_PORT: portNumber.default(4005),
  INTAKE_URL: z.url().optional(),
  RISK_URL: z.url().optional(),
  GATEWAY_URL: z.url().optional(),
  LEDGER_URL: z.url().optional(),
});

/** The services that are asked over HTTP. */
export const TRACED_SERVICES = ['intake', 'risk', 'gateway', 'ledger'] as const;
export type TracedService = (typeof TRACED_SERVICES)[number];

/** Where everything is; a secret that is missing is complained about by the command that needs it. */
export interface OpsSettings {
  /** The account that runs this, for the record of who did what. */
  readonly operator: string;
  readonly messaging: DeadLetterBoxOptions['settings'];
  /** @throws ConfigError telling what to set */
  readonly inboxOf: (consumer: string) => InboxAddress;
  /**
   * Where keys, people and merchants are, by a connection that may change them.
   * @throws ConfigError telling what to set
   */
  readonly identity: () => InboxAddress & { readonly merchantsSchema: string };
  /** Where people find the console. */
  readonly publicUrl: URL;
  readonly urls: Readonly<Record<TracedService, string>>;
  /** @throws ConfigError telling what to set */
  readonly operatorToken: () => string;
  /**
   * The password of somebody who does something as themselves.
   * @throws ConfigError telling what to set
   */
  readonly passwordOf: (email: string) => string;
}

/** What `npm start` keeps, as far as it is needed here. */
const account = z.object({ email: z.string(), password: z.string() });
const credentialsFile = z
  .object({
    operatorToken: z.string(),
    masterKey: z.string(),
    reviewers: z.array(account),
    operators: z.array(account),
    admin: account,
  })
  .partial();

/** Reads `.env` of the current folder; what the environment sets already stands. */
export function loadSettingsFile(): void {
  if (existsSync('.env')) {
    process.loadEnvFile('.env');
  }
}

/**
 * Settings from the environment, else of the installation that `npm start` keeps in `dataDir`.
 * @throws ConfigError naming every variable that is wrong
 */
export function readOpsSettings(
  dataDir: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): OpsSettings {
  const values = readConfig(opsEnvironment, environment);
  const file = path.resolve(dataDir, 'credentials.json');
  const credentials = readCredentials(file);
  const host = values.HOST === '0.0.0.0' || values.HOST === '::' ? '127.0.0.1' : values.HOST;
  const schemas = new Map(values.INBOX_SCHEMAS?.split(',').map((pair) => pair.split('=') as [string, string]));
  const missing = (variable: string, meaning: string): ConfigError =>
    new ConfigError([{ variable, problem: `is missing, and there is no ${file} of "npm start": set it`, meaning }]);
  const databaseUrlOf = (service: string, meaning: string): string => {
    if (values.DATABASE_URL !== undefined) {
      return values.DATABASE_URL;
    }
    const masterKey = values.TOLLGATE_MASTER_KEY ?? credentials.masterKey;
    if (masterKey === undefined) {
      throw missing('DATABASE_URL', meaning);
    }
    const server = `postgres://127.0.0.1:${values.POSTGRES_PORT}/postgres`;
    return toServiceDatabaseUrl(server, { service, masterKey });
  };
  return {
    operator: userInfo().username,
    messaging: {
      service: 'ops',
      brokers: (values.KAFKA_BROKERS ?? `127.0.0.1:${values.KAFKA_PORT}`).split(','),
      topicPrefix: values.TOPIC_PREFIX,
      replicationFactor: values.KAFKA_REPLICATION_FACTOR,
    },
    inboxOf: (consumer) => ({
      databaseUrl: databaseUrlOf(consumer, "a connection that may read the services' inboxes"),
      schema: schemas.get(consumer) ?? consumer,
    }),
    identity: () => ({
      databaseUrl: databaseUrlOf('identity', 'a connection that may change keys, people and merchants'),
      schema: values.IDENTITY_SCHEMA,
      merchantsSchema: values.MERCHANTS_SCHEMA,
    }),
    publicUrl: new URL(values.CONSOLE_PUBLIC_URL ?? `http://${host}:${values.CONSOLE_PORT}`),
    urls: {
      intake: values.INTAKE_URL ?? `http://${host}:${values.INTAKE_PORT}`,
      risk: values.RISK_URL ?? `http://${host}:${values.RISK_PORT}`,
      gateway: values.GATEWAY_URL ?? `http://${host}:${values.GATEWAY_PORT}`,
      ledger: values.LEDGER_URL ?? `http://${host}:${values.LEDGER_PORT}`,
    },
    operatorToken: () => {
      const token = values.TOLLGATE_OPERATOR_TOKEN ?? credentials.operatorToken;
      if (token === undefined) {
        throw missing('TOLLGATE_OPERATOR_TOKEN', 'bearer token of operators');
      }
      return token;
    },
    passwordOf: (email) => {
      const { reviewers = [], operators = [], admin } = credentials;
      const kept = [...reviewers, ...operators, ...(admin === undefined ? [] : [admin])];
      const password = values.TOLLGATE_PASSWORD ?? kept.find((each) => each.email === email)?.password;
      if (password === undefined) throw missing('TOLLGATE_PASSWORD', `the password of ${email}`);
      return password;
    },
  };
}

function readCredentials(file: string): z.output<typeof credentialsFile> {
  if (!existsSync(file)) {
    return {};
  }
  try {
    return credentialsFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // Neither the text nor the parser's message, which quotes it, belongs on a screen.
    throw new ConfigError([{ variable: file, problem: 'cannot be read as the credentials of "npm start"' }]);
  }
}
