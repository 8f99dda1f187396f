import path from 'node:path';
import { SERVICE_MEMORY } from '@tollgate/backends';

import { ROOT } from '../settings-file.ts';
import type { Credentials } from './credentials.ts';
import type { LauncherSettings } from './launcher.config.ts';

/** The services with a database role and schema of their own. */
export const DATABASE_SERVICES = ['intake', 'risk', 'approvals', 'gateway', 'ledger', 'console'] as const;

/** Those of them that sign people in. */
export const IDENTITY_WRITERS = ['console'] as const;

/** Everything that runs as a process; the emulator is first, because the others are its clients. */
export const SERVICES = ['sandbox', ...DATABASE_SERVICES] as const;
export type ServiceName = (typeof SERVICES)[number];

export interface ServicePlan {
  app: ServiceName;
  port: number;
  /** The variable that moves the port. */
  portVariable: string;
  /** Absolute path of its compiled entry. */
  entry: string;
  /** Its whole environment. */
  environment: NodeJS.ProcessEnv;
}

/** What the launcher is given and does not hand on as it is: each service gets its own share, by `secretsOf`. */
const WITHHELD = new Set([
  'DATABASE_URL',
  'DATABASE_SCHEMA',
  'MERCHANT_ID',
  'MERCHANT_SETTINGS',
  'INTAKE_API_KEY',
  'APPROVALS_API_KEY',
  'PLATFORM_API_KEY',
  'PRIMER_API_KEY',
  'PRIMER_WEBHOOK_SECRET',
  'SANDBOX_SHOP_INTAKE_API_KEY',
  'TOLLGATE_MASTER_KEY',
  'TOLLGATE_OPERATOR_TOKEN',
  'OIDC_CLIENT_SECRET',
]);

/** The secrets that are one service's business, as environment variables. */
export function secretsOf(
  app: ServiceName,
  credentials: Credentials,
  databaseUrls: Readonly<Record<string, string>>,
): Record<string, string> {
  const operator = { TOLLGATE_OPERATOR_TOKEN: credentials.operatorToken };
  if (app === 'sandbox') {
    return {
      ...operator,
      PRIMER_API_KEY: credentials.primerApiKey,
      PRIMER_WEBHOOK_SECRET: credentials.webhookSecret,
      // The emulator's shop is the merchant's own.
      SANDBOX_SHOP_INTAKE_API_KEY: credentials.intakeApiKey,
    };
  }
  return { ...operator, TOLLGATE_MASTER_KEY: credentials.masterKey, DATABASE_URL: databaseUrls[app] ?? '' };
}

/**
 * Every service to run, the emulator only when Primer's address is not given, and the environment of each: what the
 * launcher was given, less the secrets that are not its business.
 */
export function planServices({
  settings,
  credentials,
  databaseUrls,
  brokers,
  dataDir,
  environment,
}: {
  settings: LauncherSettings;
  credentials: Credentials;
  /** By app. */
  databaseUrls: Readonly<Record<string, string>>;
  brokers: string;
  dataDir: string;
  environment: NodeJS.ProcessEnv;
}): ServicePlan[] {
  const addresses = toAddresses(settings);
  const shared = {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !WITHHELD.has(name))),
    NODE_ENV: 'production',
    // What was given comes last, and so it wins.
    NODE_OPTIONS: `${SERVICE_MEMORY.NODE_OPTIONS} ${environment['NODE_OPTIONS'] ?? ''}`.trim(),
    MALLOC_ARENA_MAX: environment['MALLOC_ARENA_MAX'] ?? SERVICE_MEMORY.MALLOC_ARENA_MAX,
    NODE_COMPILE_CACHE: path.join(ROOT, 'node_modules/.cache/tollgate/compiled'),
    HOST: settings.HOST,
    KAFKA_BROKERS: brokers,
    PRIMER_API_URL: settings.PRIMER_API_URL ?? addresses.sandbox,
    SANDBOX_DATA_FILE: path.join(dataDir, 'sandbox', 'sandbox.sqlite'),
    SANDBOX_SHOP_INTAKE_URL: addresses.intake,
    INTAKE_URL: addresses.intake,
    RISK_URL: addresses.risk,
    APPROVALS_URL: addresses.approvals,
    GATEWAY_URL: addresses.gateway,
    LEDGER_URL: addresses.ledger,
    SANDBOX_WEBHOOK_URL: `${addresses.ledger}/webhooks/primer/${encodeURIComponent(credentials.merchantId)}`,
  };
  // People sign in at the console alone.
  const { OIDC_CLIENT_SECRET } = environment;
  const signInSecrets = OIDC_CLIENT_SECRET === undefined ? {} : { OIDC_CLIENT_SECRET };
  const ports = {
    sandbox: settings.SANDBOX_PORT,
    intake: settings.INTAKE_PORT,
    risk: settings.RISK_PORT,
    approvals: settings.APPROVALS_PORT,
    gateway: settings.GATEWAY_PORT,
    ledger: settings.LEDGER_PORT,
    console: settings.CONSOLE_PORT,
  };
  return SERVICES.filter((app) => app !== 'sandbox' || settings.PRIMER_API_URL === undefined).map((app) => {
    const portVariable = `${app.toUpperCase()}_PORT`;
    const port = ports[app];
    return {
      app,
      port,
      portVariable,
      entry: path.join(ROOT, 'apps', app, 'dist', 'bundle', 'main.js'),
      environment: {
        ...shared,
        ...secretsOf(app, credentials, databaseUrls),
        ...(app === 'console' ? signInSecrets : {}),
        [portVariable]: String(port),
      },
    };
  });
}

/** Where the services of an installation are, for its clients on this machine. */
export function toAddresses(settings: LauncherSettings): Record<ServiceName, string> {
  const origin = (port: number): string => `http://${connectHost(settings.HOST)}:${port}`;
  return {
    intake: origin(settings.INTAKE_PORT),
    risk: origin(settings.RISK_PORT),
    approvals: origin(settings.APPROVALS_PORT),
    gateway: origin(settings.GATEWAY_PORT),
    ledger: origin(settings.LEDGER_PORT),
    sandbox: origin(settings.SANDBOX_PORT),
    console: origin(settings.CONSOLE_PORT),
  };
}

/** Where a client on this machine reaches a server that listens on `host`. */
export function connectHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}
